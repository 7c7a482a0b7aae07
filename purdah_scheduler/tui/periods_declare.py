"""New periods: described in a form, derived from the law or brought by a file; weighed first, declared after a yes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from purdah_scheduler.application import calendars
from purdah_scheduler.application.office import House, Office
from purdah_scheduler.application.period_views import scope_in_words
from purdah_scheduler.application.sweeping import Effect
from purdah_scheduler.domain.in_words import rules_in_words
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.dialogs import Fact
from purdah_scheduler.tui.fields_box import Answers, AskFields
from purdah_scheduler.tui.list_moves import RowMoves
from purdah_scheduler.tui.periods_boxes import ChooseOne, ImpactBox, effects_in_words
from purdah_scheduler.tui.periods_form import WAYS, Way, form_fields, free_id, read_form
from purdah_scheduler.tui.periods_import import (
    DERIVE_FIELDS,
    IMPORT_FIELDS,
    Brought,
    derived_in_words,
    import_asked,
    look_into,
    read_derive,
)
from purdah_scheduler.tui.periods_words import dates_in_words
from purdah_scheduler.tui.words import counted

if TYPE_CHECKING:
    from purdah_scheduler.calendars.derived import Derived

_FROM_THE_LAW = ("From the law: derive it", "the statutory dates of an election, and the periods that follow; provisional")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A period that is not declared, and what it would do to the queue."""

    period: Period
    effects: tuple[Effect, ...]
    queued: int


class PeriodDeclares(RowMoves):
    """A list of periods to which new ones come. `goes_to` is the id that the cursor goes to when the list is read again."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_to = ""

    def action_declare(self) -> None:
        """Choose a way to begin, describe the period, see what it does, declare it."""
        self._choose(trying=False)

    def action_what_if(self) -> None:
        """The same, and nothing is ever written."""
        self._choose(trying=True)

    def action_import_file(self) -> None:
        """Look into a file, see what it brings, declare what is new of it."""
        office = self.product.office

        def look(answers: Answers | None) -> None:
            if answers is not None:
                self.read(lambda: look_into(office, import_asked(answers)), self._ask_import, group="weigh")

        box = AskFields("Import periods from a file", IMPORT_FIELDS, check=import_asked, verb="look into it")
        self.app.push_screen(box, look)

    # --- describing -------------------------------------------------------------------------------------------

    def action_export_calendar(self) -> None:
        """The periods as a file for calendar programs."""
        from purdah_scheduler.tui.calendar_file import ask_calendar_export  # loaded when it is first wanted

        ask_calendar_export(self)

    def _choose(self, *, trying: bool) -> None:
        def begin(place: int | None) -> None:
            if place is not None and place < len(WAYS):
                self._describe(WAYS[place], trying=trying)
            elif place is not None:
                self._derive(trying=trying)

        choices = [*((way.words, way.more) for way in WAYS), _FROM_THE_LAW]
        title = "What if there were a period? Nothing is written." if trying else "Declare a period"
        self.app.push_screen(ChooseOne(title, choices), begin)

    def _describe(self, way: Way, *, trying: bool) -> None:
        office = self.product.office

        def weigh(answers: Answers | None) -> None:
            if answers is not None:
                self._weigh(lambda: read_form(way, answers, office), trying=trying, own_id=True)

        box = AskFields(
            way.words, form_fields(way, office), check=lambda answers: read_form(way, answers, office), verb="see what it does"
        )
        self.app.push_screen(box, weigh)

    def _derive(self, *, trying: bool) -> None:
        office = self.product.office

        def choose(answers: Answers | None) -> None:
            if answers is not None:
                self.read(
                    lambda: read_derive(answers, office), lambda found: self._choose_part(found, trying=trying), group="weigh"
                )

        title = "Derive a period from an election"
        box = AskFields(title, DERIVE_FIELDS, check=lambda answers: read_derive(answers, office), verb="see what follows")
        self.app.push_screen(box, choose)

    def _choose_part(self, found: "Derived", *, trying: bool) -> None:
        def weigh(place: int | None) -> None:
            if place is not None:
                self._weigh(lambda: found.parts[place].period, trying=trying, own_id=False)

        choices = [(each.period.name, f"{dates_in_words(each.period)}; provisional") for each in found.parts]
        self.app.push_screen(ChooseOne("Which of the periods that follow?", choices, text=derived_in_words(found)), weigh)

    # --- weighing ---------------------------------------------------------------------------------------------

    def _weigh(self, make: Callable[[], Period], *, trying: bool, own_id: bool) -> None:
        """Show what it would do to the queue, then ask. `own_id`: the id is made up, so that another one is as good."""
        office = self.product.office
        self.read(lambda: _weighed(office, make(), own_id=own_id), lambda found: self._ask(found, trying=trying), group="weigh")

    def _ask(self, found: Weighed, *, trying: bool) -> None:
        office, actor, period = self.product.office, self.product.actor, found.period
        about = [*_facts(period, office), *([] if trying else [("You", actor.person.name)])]
        box = ImpactBox(
            f"What if there were “{period.name}”?" if trying else f"Declare “{period.name}”?",
            about=about,
            said=f"{effects_in_words(found.effects)} Queued now: {counted(found.queued, 'post')}.",
            listed=found.effects,
            zone=office.house.zone,
            verb="" if trying else "Declare it",
        )

        def declare(yes: bool | None) -> None:
            if yes:
                self._declare((period,))

        self.app.push_screen(box, declare)

    def _ask_import(self, brought: Brought) -> None:
        new, zone = brought.sorted_out.new, self.product.office.house.zone
        box = ImpactBox(
            f"Import {counted(len(new), 'period')}?" if new else "There is nothing new in this file",
            about=brought.facts,
            said=effects_in_words(brought.effects) if new else "Nothing would be declared.",
            listed=[*brought.words, *brought.effects],
            zone=zone,
            verb="Declare all of them" if len(new) > 1 else "Declare it" if new else "",
        )

        def declare(yes: bool | None) -> None:
            if yes:
                self._declare(new)

        self.app.push_screen(box, declare)

    def _declare(self, periods: Sequence[Period]) -> None:
        office, actor, first = self.product.office, self.product.actor, periods[0]
        checklist = self.key_of("calendar.checklist")

        def go(effects: tuple[Effect, ...]) -> str:
            self.goes_to = first.id
            held = sum(effect.changed and effect.after.verdict is Verdict.BLOCK for effect in effects)
            flagged = sum(effect.changed and effect.after.verdict is Verdict.FLAG for effect in effects)
            what = f"“{first.name}” is declared as {first.id}" if len(periods) == 1 else f"{len(periods)} periods are declared"
            return f"{what}: {counted(held, 'post')} held, {flagged} flagged. Its checklist says what comes next ({checklist})."

        self.call(lambda: calendars.declare_all(office, actor, periods), go)


def _weighed(office: Office, period: Period, *, own_id: bool) -> Weighed:
    """What it would do, under an id that no period has."""
    house = office.house
    with office.store.read() as reader:
        if own_id:
            # As the declaration has it: what a change on record names is taken for good.
            taken = {known.id for known in house.calendar(reader)} | {change.period for change in reader.period_changes()}
            period = replace(period, id=free_id(period.id, taken))
        effects = calendars.impact(reader, house, period, every=False)
        return Weighed(period=period, effects=effects, queued=reader.how_many(calendars.QUEUED))


def _facts(period: Period, office: Office) -> list[Fact]:
    house: House = office.house
    bodies = house.bodies_in(period) or period.bodies
    facts = [
        ("Holds", dates_in_words(period)),
        ("Accounts", scope_in_words(house, period)),
        ("Rules", rules_in_words(period, bodies, house.rulebook)),
        ("Nations", ", ".join(sorted(period.nations))),
        ("Area", period.area),
        ("Source", period.source),
        ("Id", period.id),
    ]
    return [(label, said) for label, said in facts if said]
