"""What if: the box that asks for a period to imagine, and what it would do to the queue in words; nothing is written."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler.application.imagining import Imagined, earliest_poll, election_called, stretch
from purdah_scheduler.application.sweeping import Effect
from purdah_scheduler.domain.civiltime import format_day, format_local, last_date, local_date
from purdah_scheduler.domain.named_days import read_date
from purdah_scheduler.domain.periods import Kind, Period
from purdah_scheduler.errors import BadInput
from purdah_scheduler.mistyped import nearest
from purdah_scheduler.tui.dialogs import Box
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.postwords import GAP, block

ELECTION, DAYS = "e", "d"
_SPAN = timedelta(days=20)
"""How long a stretch is at first: three weeks."""
_MOST_NAMED = 500
_WIDE = 100


class ChooseWhatIf(Box[str]):
    """Which of the two to imagine: `e` a general election, `d` days; every other key none, which is an empty text."""

    def __init__(self, *, today: date, first: date) -> None:
        super().__init__("What if?")
        self.today = today
        self.first = first

    def compose_question(self) -> ComposeResult:
        """The two keys."""
        poll = format_day(earliest_poll(self.today))
        yield Static(
            says(
                *((ELECTION, "bold $key"), f"  A general election is called today; poll {poll} or later\n"),
                *((DAYS, "bold $key"), f"  A period over some days, from {format_day(self.first)} or another day\n\n"),
                ("Nothing is written: the calendar and the queue stay as they are.\n\n", "$quiet"),
                *(("any other key", "bold $key"), "  Back"),
            ),
            id="question",
        )

    def on_key(self, event: events.Key) -> None:
        """One of the two, or neither."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.key if event.key in (ELECTION, DAYS) else "")


def ask_what_if(screen: FrameScreen, first: date, then: Callable[[Period], object]) -> None:
    """Ask which period to imagine, from the day `first` on or another; `then` gets it, unless the person goes back."""
    office = screen.product.office
    zone, now = office.house.zone, office.now()

    def chosen(what: str | None) -> None:
        if what == ELECTION:
            then(election_called(office.now(), zone))
        elif what == DAYS:
            screen.app.push_screen(_days_box(first, now, zone), days)

    def days(answers: Answers | None) -> None:
        if answers is not None:
            then(_stretch(answers, now, zone))

    screen.app.push_screen(ChooseWhatIf(today=local_date(now, zone), first=first), chosen)


def _days_box(first: date, now: datetime, zone: ZoneInfo) -> AskFields:
    return AskFields(
        "What if there were a period?",
        (
            Field(name="first", label="First day", initial=format_day(first)),
            Field(name="last", label="Last day", initial=format_day(first + _SPAN), example="first friday in may"),
            Field(name="kind", label="Kind", initial=str(Kind.GENERAL), example="general, local, referendum, freeze"),
        ),
        check=lambda answers: _stretch(answers, now, zone),
        verb="Imagine it",
        lines=[("Binds", "every account; the kind selects the rules"), ("Kinds", ", ".join(Kind))],
    )


def _stretch(answers: Answers, now: datetime, zone: ZoneInfo) -> Period:
    """The period that was typed. Raises BadInput, BadTime."""
    first, last = (read_date(answers[name], now=now, zone=zone) for name in ("first", "last"))
    kind = answers["kind"].lower().replace(" ", "-")
    if kind not in set(Kind) and (near := nearest(kind, list(Kind))):
        raise BadInput(f"“{answers['kind']}” is no kind of period, so nothing was tried.", next_step=f"Did you mean {near}?")
    return stretch(kind, first, last)


def imagined_line(imagined: Imagined, zone: ZoneInfo, width: int, *, list_key: str, end_key: str) -> Content:
    """What is imagined, and under it what that would do and the ways on."""
    period = imagined.period
    days = f", {format_day(local_date(period.starts, zone))} to {format_day(last_date(period.ends, zone))}"
    aside = " Nothing is written." if width >= _WIDE else ""
    ways = ((list_key, "bold $key"), " lists them  ", (end_key, "bold $key"), " ends it")
    return block([says((period.name, "bold $notice-text on $notice"), days), says(f"{imagined.words}{aside}  ", *ways)], width)


def imagined_words(imagined: Imagined, zone: ZoneInfo, width: int) -> Content:
    """Every post that would be held or flagged, with its time and why."""
    lines = [says((imagined.period.name, "bold")), says(imagined.words), says(("Nothing is written.", "$quiet"))]
    for title, effects in (("Would be held", imagined.held), ("Would need a sign-off", imagined.flagged)):
        if not effects:
            continue
        lines += [GAP, says((title, "bold $key"))]
        lines += [_effect_line(effect, imagined.reason(effect), zone, width) for effect in effects[:_MOST_NAMED]]
        if len(effects) > _MOST_NAMED:
            lines.append(says(f"  and {len(effects) - _MOST_NAMED:,} more"))
    if not imagined.effects:
        lines += [GAP, says("No queued post would have another verdict.")]
    return block(lines, width)


def _effect_line(effect: Effect, reason: str, zone: ZoneInfo, width: int) -> Content:
    entry = effect.delivery
    head = f"  {format_local(entry.due_at, zone)}  {entry.post}  {entry.account}  "
    return says(head, (cell(effect.title, max(width - len(head), 20)), "bold"), (f"\n    {reason}" if reason else "", "$quiet"))
