"""The keys that act on a post, in the queue and in its own view: each asks in a box, then calls one service."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.dialogs import AskText, Confirm, Fact
from purdah_scheduler.tui.offers import VERBS, Chosen, offered, slot_after, what_then, why_not
from purdah_scheduler.tui.series_key import SeriesKey

TimeChosen = Callable[[datetime], None]
Confirmed = Callable[[], None]


class WithReason(Protocol):
    """A service that changes a post for a reason."""

    def __call__(self, office: Office, actor: Actor, post_id: int, /, *, reason: str) -> object: ...


class PostVerbs(SeriesKey):
    """A screen with a post that keys act on. A subclass says which one it is (`chosen`)."""

    def possible(self, action: str) -> bool | None:
        """Dim what the tables forbid for the post that is chosen."""
        if action not in VERBS.values():
            return super().possible(action)
        chosen = self.chosen()
        return True if chosen is not None and offered(action, chosen) else None

    def why_not(self, action: str) -> str:
        """What the post that is chosen lacks for it."""
        return why_not(action, self.chosen(), self.key_of)

    def ways(self) -> list[tuple[str, str, str]]:
        """The keys that do something for the post that is chosen: the key, what it is called, and what it does."""
        chosen = self.chosen()
        known = {key.id: key for key in keys.of(self.SCOPE)}
        keymap = self.product.config.keymap
        return [
            (keys.shown(keymap.get(name, known[name].keys)), known[name].words, known[name].tooltip)
            for name, action in VERBS.items()
            if chosen is not None and name in known and offered(action, chosen)
        ]

    def action_edit(self) -> None:
        """Open the text."""
        chosen = self.chosen()
        if chosen is not None:
            self.product.compose_post(chosen.post)

    def action_review(self) -> None:
        """Read it and decide."""
        chosen = self.chosen()
        if chosen is not None:
            self.product.review_post(chosen.post)

    def action_comment(self) -> None:
        """Say something about it."""
        from purdah_scheduler.tui.talking import say_something

        chosen = self.chosen()
        if chosen is not None:
            say_something(self, chosen.post, chosen.text)

    def action_submit(self) -> None:
        """Ask for clearance, after a `y`."""
        from purdah_scheduler.application import writing

        chosen = self.chosen()
        if chosen is None:
            return
        office, actor, post = self.product.office, self.product.actor, chosen.post
        self._confirm(
            Confirm(f"Submit post {post} for clearance?", text=chosen.text, lines=self._facts(chosen), verb="Submit"),
            lambda: self.call(lambda: writing.submit(office, actor, post), f"Post {post} waits for clearance now."),
        )

    def action_schedule(self) -> None:
        """Queue it for a time."""
        self._choose_time("Schedule")

    def action_move_time(self) -> None:
        """Give it another time."""
        self._choose_time("Move")

    def action_hold(self) -> None:
        """Hold what is queued of it."""
        from purdah_scheduler.application import scheduling

        self._ask_why(
            "Hold post {post}",
            sure="Hold post {post}?",
            verb="Hold it",
            act=scheduling.hold,
            done="Post {post} is held. Nothing of it is sent.",
        )

    def action_release(self) -> None:
        """Put what is held back in the queue, at its own time or, where that has passed, at a new one."""
        chosen = self.chosen()
        if chosen is None:
            return
        if chosen.at is None or chosen.at < self.product.office.now():
            self._choose_time("Release", then=lambda at: self._confirm_release(chosen, at))
        else:
            self._confirm_release(chosen, chosen.at)

    def action_withdraw(self) -> None:
        """Take the post back wherever nothing has left."""
        from purdah_scheduler.application import writing

        self._ask_why(
            "Cancel post {post}",
            sure="Cancel post {post}? It will not be sent.",
            verb="Cancel the post",
            act=writing.cancel,
            done="Post {post} is cancelled and will not be sent.",
            needed=False,
        )

    def _ask_why(self, title: str, *, sure: str, verb: str, act: WithReason, done: str, needed: bool = True) -> None:
        """Ask for a reason, then for a `y`, then act; the texts have the place `{post}`. `needed`: not without a reason."""
        chosen = self.chosen()
        if chosen is None:
            return
        post, facts = chosen.post, self._facts(chosen)
        office, actor = self.product.office, self.product.actor

        def confirm(reason: str | None) -> None:
            if reason is None:
                return
            lines = [*facts, ("Reason", reason)] if reason else facts
            self._confirm(
                Confirm(sure.format(post=post), text=chosen.text, lines=lines, verb=verb),
                lambda: self.call(lambda: act(office, actor, post, reason=reason), done.format(post=post)),
            )

        question = "Why?" if needed else "Why? It may be left empty."
        self.app.push_screen(AskText(title.format(post=post), question, text=chosen.text, lines=facts, needed=needed), confirm)

    # --- the second box ---------------------------------------------------------------------------------------

    def _confirm_release(self, chosen: Chosen, at: datetime) -> None:
        from purdah_scheduler.application import scheduling

        office, actor, post = self.product.office, self.product.actor, chosen.post
        self._confirm(
            Confirm(
                f"Release post {post}?",
                text=chosen.text,
                lines=[*self._facts(chosen, at), ("You", actor.person.name)],
                verb="Release it",
            ),
            lambda: self.call(
                lambda: scheduling.release(office, actor, post, at=at), partial(scheduling.queued_words, zone=office.house.zone)
            ),
        )

    def _choose_time(self, verb: str, *, then: TimeChosen | None = None) -> None:
        from purdah_scheduler.tui.ask_time import AskTime

        chosen = self.chosen()
        if chosen is None:
            return
        office, zone = self.product.office, self.product.office.house.zone
        initial = (
            chosen.at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if chosen.at is not None and chosen.at > office.now() else ""
        )
        box = AskTime(
            f"{verb} post {chosen.post}",
            zone=zone,
            now=office.now,
            text=chosen.text,
            lines=self._facts(chosen),
            initial=initial,
            note=lambda at: what_then(office, chosen.post, chosen.accounts, at),
            slot=lambda after: slot_after(office, chosen.post, after),
        )

        def confirm(at: datetime | None) -> None:
            if at is not None:
                if then is not None:
                    then(at)
                else:
                    self._look_ahead(chosen, verb, at)

        self.app.push_screen(box, confirm)

    def _look_ahead(self, chosen: Chosen, verb: str, at: datetime) -> None:
        """Ask what the gate says of that time, then ask the person."""
        office = self.product.office
        self.read(
            lambda: what_then(office, chosen.post, chosen.accounts, at),
            lambda words: self._confirm_time(chosen, verb, at, words),
            group="look-ahead",
        )

    def _confirm_time(self, chosen: Chosen, verb: str, at: datetime, words: str) -> None:
        from purdah_scheduler.application import scheduling

        office, actor, post = self.product.office, self.product.actor, chosen.post
        self._confirm(
            Confirm(
                f"{verb} post {post}?",
                text=chosen.text,
                lines=[*self._facts(chosen, at), ("You", actor.person.name), ("Then", words)],
                verb=f"{verb} it",
            ),
            lambda: self.call(
                lambda: scheduling.schedule(office, actor, post, at=at), partial(scheduling.queued_words, zone=office.house.zone)
            ),
        )

    def _confirm(self, box: Confirm, then: Confirmed) -> None:
        self.app.push_screen(box, lambda yes: then() if yes else None)

    def _facts(self, chosen: Chosen, at: datetime | None = None) -> list[Fact]:
        zone = self.product.office.house.zone
        moment = at or chosen.at
        due = format_local(moment, zone) if moment is not None else "no time yet"
        return [("To", ", ".join(chosen.accounts)), ("Due", due)]
