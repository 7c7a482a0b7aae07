"""Breaking the glass and reviewing it from the screen of a post: asked for by typing, never by one key."""

from purdah_scheduler.application import breaking
from purdah_scheduler.application.views import PostView
from purdah_scheduler.domain.break_glass import SHORTEST_REASON, BreakGlass
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.errors import BadInput
from purdah_scheduler.mistyped import meant
from purdah_scheduler.tui.dialogs import AskText, Confirm, Fact
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.review_words import words_of


def ask_to_break(screen: FrameScreen, view: PostView) -> None:
    """A box with the whole text and the stages that would be skipped; it goes on when the code of the text has been typed."""
    office, actor, post = screen.product.office, screen.product.actor, view.post.id
    lacking = breaking.skippable(view)
    who = {gap.stage: gap.who for gap in view.missing}
    lines: list[Fact] = [
        ("To", ", ".join(entry.account for entry in view.accounts)),
        ("Skips", "; ".join(f"{stage} ({who[stage]})" if stage in who else stage for stage in lacking)),
        ("Never", "a no, a sign-off, a block, a stop. Everybody is told first, and it is UNREVIEWED afterwards."),
    ]

    def take(answers: Answers | None) -> None:
        if answers is not None:
            stages = read_break(answers, lacking=lacking, code=view.code)
            screen.call(
                lambda: breaking.break_glass(
                    office,
                    actor,
                    post,
                    stages=stages,
                    reason=answers["reason"],
                    incident=answers["incident"],
                    typed_digest=answers["code"],
                ),
                _broken,
            )

    box = AskFields(
        f"Break the glass for post {post}: out without clearance, for 24 hours",
        (
            Field(name="stages", label="Stages to skip", initial=", ".join(lacking)),
            Field(name="reason", label="Why", example=f"at least {SHORTEST_REASON} characters, for the record"),
            Field(name="incident", label="Incident", example="its reference"),
            Field(name="code", label=f"Type {view.code}", example="the code of exactly this text"),
        ),
        check=lambda answers: read_break(answers, lacking=lacking, code=view.code),
        verb="break the glass",
        text=words_of(view),
        lines=lines,
        read_first=True,
    )
    screen.app.push_screen(box, take)


def read_break(answers: Answers, *, lacking: tuple[str, ...], code: str) -> tuple[str, ...]:
    """The stages that are to be skipped. Raises BadInput for what the service would refuse, and for a code that was mistyped."""
    stages = tuple(dict.fromkeys(stage.strip() for stage in answers["stages"].split(",") if stage.strip()))
    for stage in stages:
        if stage not in lacking:
            hint = meant(stage, lacking)
            raise BadInput(f"“{stage}” is not a stage that it lacks.", next_step=f"{hint}It lacks: {', '.join(lacking)}.")
    if not stages:
        raise BadInput("No stage was named, so nothing would be skipped.", next_step=f"It lacks: {', '.join(lacking)}.")
    if len(answers["reason"]) < SHORTEST_REASON:
        raise BadInput(f"The reason needs at least {SHORTEST_REASON} characters.")
    if not answers["incident"]:
        raise BadInput("The reference of the incident is missing.")
    if answers["code"].casefold() != code:
        raise BadInput(f"That is not the code of the text, so the glass is whole. It is {code}.")
    return stages


def ask_to_review(screen: FrameScreen, view: PostView) -> None:
    """What was found of what went out without a clearance, then a `y`."""
    office, actor, post = screen.product.office, screen.product.actor, view.post.id
    zone = office.house.zone
    lines: list[Fact] = [
        (
            f"No. {glass.id}",
            f"{glass.person}, {format_local(glass.at, zone)}, without {', '.join(glass.stages)}: {glass.reason}",
        )
        for glass in view.break_glasses
        if glass.reviewed_at is None
    ]

    def confirm(note: str | None) -> None:
        if note is not None:
            box = Confirm(
                f"Record your review of post {post}?", text=words_of(view), lines=[*lines, ("Found", note)], verb="Record it"
            )
            screen.app.push_screen(box, lambda yes: review(note) if yes else None)

    def review(note: str) -> None:
        screen.call(
            lambda: breaking.review(office, actor, post, words=note),
            f"Your review of the glass of post {post} is recorded.",
        )

    box = AskText(
        f"Review the break-glass of post {post}",
        "What did you find? It stands in the record.",
        text=words_of(view),
        lines=lines,
    )
    screen.app.push_screen(box, confirm)


def _broken(glass: BreakGlass) -> str:
    return (
        f"Post {glass.post} may go out without {', '.join(glass.stages)} for 24 hours (break-glass {glass.id}). It still needs "
        "its time, and is UNREVIEWED until somebody else reviews it."
    )
