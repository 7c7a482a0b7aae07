"""What the keys do to the period under the cursor: confirm, move its end, end, cancel, suppress, answer; and what they open."""

from collections.abc import Callable
from datetime import datetime

from purdah_scheduler.application import calendar_changes
from purdah_scheduler.application.calendar_changes import Changed, Foreseen
from purdah_scheduler.application.lists import Waiting
from purdah_scheduler.application.period_views import PeriodLine, posts_of
from purdah_scheduler.domain.civiltime import local_date, london
from purdah_scheduler.domain.in_words import status_in_words
from purdah_scheduler.domain.period_changes import Action, Proposal
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.dialogs import AskText, Confirm, Fact
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.periods_boxes import HeldBox, ImpactBox, effects_in_words
from purdah_scheduler.tui.periods_declare import PeriodDeclares
from purdah_scheduler.tui.periods_form import read_end
from purdah_scheduler.tui.periods_offers import why_not
from purdah_scheduler.tui.periods_words import dates_in_words, proposal_in_words
from purdah_scheduler.tui.words import counted

_ASKS = {
    Action.CONFIRM: ("Confirm", "Confirm it"),
    Action.EXTEND: ("Let it end later:", "Let it end later"),
    Action.LIFT: ("Record that it is over:", "Record that it is over"),
    Action.SHORTEN: ("Let it end earlier:", "Let it end earlier"),
    Action.CANCEL: ("Cancel", "Cancel the period"),
    Action.SUPPRESS: ("Suppress", "Suppress it here"),
}
"""How a box asks for a change: before the name of the period, and beside `y`."""


class PeriodActs(PeriodDeclares):
    """A list of periods whose keys ask the services that the commands ask; each shows what it does to posts before a yes."""

    @property
    def line(self) -> PeriodLine | None:
        """The period under the cursor. A subclass says which it is."""
        return None

    def possible(self, action: str) -> bool | None:
        """Dim what the services would refuse."""
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """What the period lacks for it, or the person."""
        product = self.product
        return why_not(action, self.line, product.actor.person, product.office.now())

    # --- what is open -----------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """The posts that the period holds."""
        line, office = self.line, self.product.office
        if line is None:
            return
        period = line.period

        def show(held: tuple[Waiting, ...]) -> None:
            box = HeldBox(f"Held by “{period.name}”", held, zone=office.house.zone)
            self.app.push_screen(box, lambda post: self.product.open_post(post) if post is not None else None)

        self.read(lambda: posts_of(office, period.id), show, group="held")

    def action_checklist(self) -> None:
        """What is done on its first and last day."""
        if self.line is not None:
            self.app.push_screen(ChecklistScreen(self.line.period.id))

    async def action_month(self) -> None:
        """The calendar, on its first day."""
        from purdah_scheduler.tui.calendar import CalendarScreen

        if self.line is None:
            return
        day = local_date(self.line.period.starts, self.product.office.house.zone)
        await self.app.switch_mode("calendar")
        if isinstance(self.app.screen, CalendarScreen):
            self.app.screen.go(day)

    # --- changes ----------------------------------------------------------------------------------------------

    def action_confirm(self) -> None:
        """A provisional one is certain, a suppressed one holds again."""
        if self.line is not None:
            self._foresee(self.line, Action.CONFIRM)

    def action_dates(self) -> None:
        """Another end, later or earlier."""
        line, office = self.line, self.product.office
        if line is None:
            return
        period, end = line.period, line.period.ends.astimezone(london())

        def check(answers: Answers) -> object:
            return read_end(answers["ends"], office.now())

        def go(answers: Answers | None) -> None:
            if answers is not None:
                instant = read_end(answers["ends"], office.now())
                later = instant > (period.ended_at() or period.ends)
                self._foresee(line, Action.EXTEND if later else Action.SHORTEN, instant, answers["reason"])

        fields = (
            Field(name="ends", label="New end", initial=f"{end:%Y-%m-%d %H:%M}", example="a day alone is in it to its end"),
            Field(name="reason", label="Why", example="for the record"),
        )
        lines = [("Now", dates_in_words(period))]
        box = AskFields(f"When does “{period.name}” end?", fields, check=check, verb="see what it does", lines=lines)
        self.app.push_screen(box, go)

    def action_lift(self) -> None:
        """It is over, since now or since a time that is asked for."""
        line, office = self.line, self.product.office
        if line is None:
            return

        def check(answers: Answers) -> object:
            return read_end(answers["since"], office.now())

        def go(answers: Answers | None) -> None:
            if answers is not None:
                self._foresee(line, Action.LIFT, read_end(answers["since"], office.now()), answers["reason"])

        fields = (
            Field(name="since", label="Over since", initial="now", example="now, or today 09:30; UK time"),
            Field(name="reason", label="How you know", example="The new government has been formed."),
        )
        title = f"Record that “{line.period.name}” is over"
        self.app.push_screen(AskFields(title, fields, check=check, verb="see what it does"), go)

    def action_cancel(self) -> None:
        """The election does not take place."""
        self._ask_why(Action.CANCEL, "Cancel", "Why does it not take place?")

    def action_suppress(self) -> None:
        """A period of the product or of a file does not hold in this department."""
        self._ask_why(Action.SUPPRESS, "Suppress", "Why does it not concern this department? It is shown with the period.")

    def _ask_why(self, action: Action, word: str, question: str) -> None:
        line = self.line
        if line is None:
            return
        lines: list[Fact] = [("Holds", dates_in_words(line.period))]

        def go(reason: str | None) -> None:
            if reason is not None:
                self._foresee(line, action, reason=reason)

        self.app.push_screen(AskText(f"{word} “{line.period.name}”", question, lines=lines), go)

    def _foresee(self, line: PeriodLine, action: Action, instant: datetime | None = None, reason: str = "") -> None:
        """Show what the change would do to posts, then ask."""
        office, actor, period = self.product.office, self.product.actor, line.period

        def ask(seen: Foreseen) -> None:
            words, verb = _ASKS[action]
            self._box(seen, f"{words} “{period.name}”?", "Ask a second person" if seen.waits else verb, change)

        def change() -> None:
            self.call(
                lambda: calendar_changes.change(office, actor, period.id, action, instant=instant, reason=reason),
                changed_in_words,
            )

        self.read(
            lambda: calendar_changes.foresee(office, actor, period.id, action, instant=instant, reason=reason), ask, group="weigh"
        )

    # --- the second person ------------------------------------------------------------------------------------

    def action_accept(self) -> None:
        """Yes to the change that waits for longest."""
        proposal = self._proposal()
        if proposal is None:
            return
        office, actor = self.product.office, self.product.actor

        def ask(seen: Foreseen) -> None:
            title = f"Say yes to proposal {proposal.id}, “{seen.before.name}”: {proposal_in_words(proposal)}?"
            self._box(seen, title, "Say yes: it holds from now on", answer)

        def answer() -> None:
            self.call(lambda: calendar_changes.accept(office, actor, proposal.id), changed_in_words)

        self.read(lambda: calendar_changes.foresee_yes(office, actor, proposal.id), ask, group="weigh")

    def action_refuse(self) -> None:
        """No to it, or take it back where it is one's own; the period holds as before."""
        proposal, line = self._proposal(), self.line
        if proposal is None or line is None:
            return
        office, actor, name = self.product.office, self.product.actor, line.period.name
        own = proposal.person == actor.person.id
        title = f"{'Take back' if own else 'Say no to'} proposal {proposal.id}"
        lines: list[Fact] = [("Period", name), ("Change", proposal_in_words(proposal)), ("By", proposal.person)]
        lines.append(("Reason", proposal.reason))

        def refuse(reason: str) -> None:
            self.call(
                lambda: calendar_changes.refuse(office, actor, proposal.id, reason=reason),
                f"Proposal {proposal.id} is refused: “{name}” holds as before.",
            )

        def ask(reason: str | None) -> None:
            if reason is not None:
                box = Confirm(f"{title}? The period holds as before.", lines=lines, verb="Take it back" if own else "Say no")
                self.app.push_screen(box, lambda yes: refuse(reason) if yes else None)

        self.app.push_screen(AskText(title, "Why? It may be left empty.", lines=lines, needed=False), ask)

    def _proposal(self) -> Proposal | None:
        return self.line.asked[0] if self.line is not None and self.line.asked else None

    def _box(self, seen: Foreseen, title: str, verb: str, then: Callable[[], None]) -> None:
        """Ask, with how it holds before and after, who it takes, and what becomes of each post."""
        office, actor = self.product.office, self.product.actor
        people = ", ".join(seen.seconds) or "nobody in the configuration"
        about: list[Fact] = [
            ("Now", _holds(seen.before)),
            ("Then", _holds(seen.after)),
            ("Takes", f"a second person: {people}. Until then it holds as before." if seen.waits else ""),
            ("Reason", seen.reason),
            ("Asked by", seen.proposer),
            ("You", actor.person.name),
        ]
        box = ImpactBox(
            title,
            about=[(label, said) for label, said in about if said],
            said=effects_in_words(seen.effects),
            listed=seen.effects,
            zone=office.house.zone,
            verb=verb,
        )
        self.app.push_screen(box, lambda yes: then() if yes else None)


def changed_in_words(done: Changed) -> str:
    """What came of it: it waits for a second person, or it holds and the queue was swept."""
    name = done.period.name
    if done.proposal is not None:
        who = ", ".join(done.seconds) or "nobody in the configuration"
        words = f"Proposal {done.proposal.id} to {done.action} “{name}” waits for a second person: {who}."
        return f"{words} The period holds meanwhile."
    held, back = len(done.swept.held), len(done.swept.returned)
    given = f", {counted(back, 'post')} given back to choose a new time" if back else ""
    return f"{done.words}: {counted(held, 'post')} held{given}. Nothing was sent."


def _holds(period: Period) -> str:
    return status_in_words(period) if period.is_off else f"{status_in_words(period)}, {dates_in_words(period)}"
