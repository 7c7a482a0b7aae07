"""Ending an exemption from the screen of a post: shown whole, and done after a `y`."""

from collections.abc import Mapping

from purdah_scheduler.application import exempting
from purdah_scheduler.application.views import PostView
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.posts import Exemption
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.dialogs import Confirm, Fact
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.review_words import words_of


def ask_to_revoke(screen: FrameScreen, view: PostView) -> None:
    """Which exemption, where there are several, and then whether it is to end."""
    found = {entry.id: entry for entry in exempting.revocable(view.exemptions, screen.product.office.now())}
    if len(found) == 1:
        _confirm(screen, view, next(iter(found.values())))
        return

    def take(answers: Answers | None) -> None:
        if answers is not None:
            _confirm(screen, view, read_number(answers, found))

    box = AskFields(
        f"End an exemption of post {view.post.id}",
        (Field(name="number", label="Number", example=f"one of {', '.join(map(str, found))}"),),
        check=lambda answers: read_number(answers, found),
        verb="look at it",
        lines=[fact for entry in found.values() for fact in _facts(screen, entry)],
    )
    screen.app.push_screen(box, take)


def read_number(answers: Answers, found: Mapping[int, Exemption]) -> Exemption:
    """The exemption of the number that was typed. Raises BadInput."""
    typed = answers["number"].removeprefix("#")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19 and int(typed) in found):
        raise BadInput(f"“{typed}” is not one of them.", next_step=f"They are: {', '.join(map(str, found))}.")
    return found[int(typed)]


def _confirm(screen: FrameScreen, view: PostView, entry: Exemption) -> None:
    office, actor = screen.product.office, screen.product.actor
    whole = f" It is of every post of the campaign “{entry.campaign}”." if entry.post is None else ""
    then = f"What is queued under it is held at its time, and a new exemption has to be granted.{whole}"
    box = Confirm(
        f"End exemption {entry.id} now?",
        text=words_of(view),
        lines=[*_facts(screen, entry), ("Then", then), ("You", actor.person.name)],
        verb="End it",
    )

    def act(yes: bool | None) -> None:
        if yes:
            screen.call(lambda: exempting.revoke_exemption(office, actor, entry.id), f"Exemption {entry.id} is ended.")

    screen.app.push_screen(box, act)


def _facts(screen: FrameScreen, entry: Exemption) -> list[Fact]:
    office = screen.product.office
    of = f"the campaign “{entry.campaign}”" if entry.post is None else f"post {entry.post}"
    return [
        (f"No. {entry.id}", f"of {of}, by {entry.person}, until {format_local(entry.expires_at, office.house.zone)}"),
        ("Reason", entry.reason),
    ]
