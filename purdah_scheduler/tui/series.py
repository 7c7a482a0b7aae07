"""Series in the interface: a post repeated by a rule once every time was shown, and the rest of a series taken back."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from purdah_scheduler.application import repeating
from purdah_scheduler.application.lists import Row
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.repeating import Plan
from purdah_scheduler.domain.civiltime import format_local, parse_local
from purdah_scheduler.domain.named_days import read_date
from purdah_scheduler.domain.recurrence import MOST_TIMES, read_rule
from purdah_scheduler.domain.series import Series
from purdah_scheduler.errors import BadInput, BadTime, ProductError
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.dialogs import AskText, Box, Confirm
from purdah_scheduler.tui.fields_box import Answers, AskFields, Field
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.offers import Chosen
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.words import counted, state_word, verdict_word

OPEN, CANCEL_REST, REPEAT = "open", "cancel-rest", "repeat"
_FIELDS = ("every", "until", "count", "first")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """By which rule a post is repeated: until a day or so many times, from a time or after its own."""

    every: str
    until: date | None
    count: int | None
    first: datetime | None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """A series with its posts as they are now."""

    series: Series
    rows: tuple[Row, ...]


def ask_series(screen: FrameScreen, chosen: Chosen) -> None:
    """Show the series of a post and what can be done with it; where it belongs to none, ask by which rule to repeat it."""
    office, post = screen.product.office, chosen.post

    def look() -> Members | None:
        with office.store.read() as reader:
            found = reader.series_of(post)
            return None if found is None else Members(series=found, rows=tuple(reader.rows(found.posts)))

    def show(members: Members | None) -> None:
        if members is None:
            ask_repeat(screen, chosen)
        else:
            box = SeriesBox(members, post, office.house.zone)
            screen.app.push_screen(box, lambda wanted: _go_on(screen, chosen, members, wanted))

    screen.read(look, show, group="series")


def _go_on(screen: FrameScreen, chosen: Chosen, members: Members, wanted: tuple[str, int] | None) -> None:
    if wanted is None:
        return
    act, post = wanted
    if act == OPEN:
        screen.product.open_post(post)
    elif act == REPEAT:
        ask_repeat(screen, chosen)
    else:
        _ask_cancel_rest(screen, members, post)


# --- the posts of a series ----------------------------------------------------------------------------------------


class SeriesBox(Box[tuple[str, int] | None]):
    """The posts of a series, one under the mark. Gives what to do and with which post; Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", tooltip="Nothing is changed", id="dialog.cancel")
    ]

    def __init__(self, members: Members, post: int, zone: ZoneInfo) -> None:
        series = members.series
        made = f"by {series.person} on {format_local(series.at, zone)}, from post {series.source}"
        super().__init__(
            f"Series {series.id}: {counted(len(series.posts), 'post')}", lines=[("Rule", series.rule), ("Made", made)]
        )
        self.members = members
        self.post = post
        self.zone = zone

    def compose_question(self) -> ComposeResult:
        """The list, and the ways on."""
        yield OptionList(*(Option(self._line(row)) for row in self.members.rows), id="members", compact=True)
        yield Static(
            says(
                *(("enter", "bold $key"), "  Open      ", ("X", "bold $key"), "  Cancel the marked one and the later ones\n"),
                *(("n", "bold $key"), "  Repeat the post anew      ", ("esc", "bold $key"), "  Back"),
            ),
            id="ways",
        )

    def on_mount(self) -> None:
        """The list has focus, with the post that asked under the mark."""
        listed = self.query_one(OptionList)
        listed.highlighted = next((place for place, row in enumerate(self.members.rows) if row.post == self.post), 0)
        self.set_focus(listed)

    def on_key(self, event: events.Key) -> None:
        """The letters of this box; j and k move as in every list."""
        listed = self.query_one(OptionList)
        acts: dict[str, Callable[[], object]] = {
            "X": lambda: self._give(CANCEL_REST),
            "n": lambda: self._give(REPEAT),
            "j": listed.action_cursor_down,
            "k": listed.action_cursor_up,
        }
        act = acts.get(event.key)
        if act is not None:
            event.stop()
            act()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the post."""
        event.stop()
        self._give(OPEN)

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)

    def _give(self, act: str) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self.dismiss((act, self.members.rows[place].post))

    def _line(self, row: Row) -> Content:
        word = state_word(row.state)
        at = format_local(row.at, self.zone) if row.at is not None else "no time"
        number = self.members.series.place(row.post)
        return says(f"{number:>8}  {at:<25} ", (f"{word.sign} {word.word:<10}", word.style), (f" {row.post}", "$quiet"))


def _ask_cancel_rest(screen: FrameScreen, members: Members, post: int) -> None:
    """Ask why and for a `y`, then take back this post of the series and the later ones of which nothing has left."""
    office, actor, series = screen.product.office, screen.product.actor, members.series
    later = series.posts[series.posts.index(post) :]
    after = f" and {counted(len(later) - 1, 'later one')}" if len(later) > 1 else ""
    facts = [("Series", f"{series.id}, from post {post} on"), ("Posts", ", ".join(map(str, later)))]

    def confirm(reason: str | None) -> None:
        if reason is None:
            return
        box = Confirm(
            f"Cancel post {post}{after}?",
            text="Each of which nothing has left is taken back and will not be sent. What was published stays.",
            lines=[*facts, *([("Reason", reason)] if reason else [])],
            verb="Cancel them",
        )
        screen.app.push_screen(box, lambda yes: act(reason) if yes else None)

    def act(reason: str) -> None:
        screen.call(lambda: repeating.cancel_rest(office, actor, post, reason=reason), _gone)

    question = AskText(f"Cancel the rest of series {series.id}", "Why? It may be left empty.", lines=facts, needed=False)
    screen.app.push_screen(question, confirm)


def _gone(posts: Sequence[int]) -> str:
    if not posts:
        return "There was nothing to take back."
    return f"{counted(len(posts), 'post')} taken back and will not be sent: {', '.join(map(str, posts))}."


# --- repeating ----------------------------------------------------------------------------------------------------


def ask_repeat(screen: FrameScreen, chosen: Chosen, typed: Answers | None = None) -> None:
    """Ask by which rule, show every time that it makes, and make the drafts after a `y`. `typed` stands in the fields."""
    office, now, zone = screen.product.office, screen.product.office.now(), screen.product.office.house.zone
    at = format_local(chosen.at, zone) if chosen.at is not None else "none"
    initial = typed or {"every": "week"}
    labels = ("Every", "Until (a day)", "or how many", "First")
    examples = (
        "week, 2 weeks, weekday, month on the 15th, FREQ=MONTHLY;BYDAY=1MO",
        "31 december",
        f"1 to {MOST_TIMES}",
        "the next one after its own time" if chosen.at is not None else "next monday 9am",
    )
    box = AskFields(
        f"Repeat post {chosen.post}",
        [
            Field(name=name, label=label, initial=initial.get(name, ""), example=example)
            for name, label, example in zip(_FIELDS, labels, examples, strict=True)
        ],
        check=lambda answers: read_wish(answers, has_time=chosen.at is not None, now=now, zone=zone),
        verb="See every time",
        text=chosen.text,
        lines=[("To", ", ".join(chosen.accounts)), ("Its time", at)],
    )

    def look(answers: Answers | None) -> None:
        if answers is not None:
            wish = read_wish(answers, has_time=chosen.at is not None, now=now, zone=zone)
            screen.read(lambda: _foreseen(office, chosen.post, wish), lambda found: show(answers, found), group="series")

    def show(answers: Answers, found: "Foreseen | ProductError") -> None:
        if isinstance(found, ProductError):
            screen.product.say_fault(found)
            ask_repeat(screen, chosen, answers)
        else:
            _confirm(screen, chosen, found)

    screen.app.push_screen(box, look)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What repeating would make, and what else there is to say of each time."""

    plan: Plan
    remarks: tuple[tuple[str, ...], ...]


def read_wish(answers: Answers, *, has_time: bool, now: datetime, zone: ZoneInfo) -> Wish:
    """What was typed; `has_time`: the post has a time of its own. Raises BadInput, BadTime."""
    read_rule(answers["every"])
    until, count = answers["until"], answers["count"]
    if bool(until) == bool(count):
        raise BadInput("A series has one end, so nothing was made.", next_step="Fill in the last day, or how many, and not both.")
    if count and not (count.isascii() and count.isdecimal() and 1 <= int(count[:4]) <= MOST_TIMES):
        raise BadInput(f"“{cell(count, 20)}” is not a number from 1 to {MOST_TIMES}, so nothing was made.")
    if not (has_time or answers["first"]):
        raise BadTime(
            "The post has no time of its own, so nothing was made.", next_step="Say when the first is: next monday 9am."
        )
    return Wish(
        every=answers["every"],
        until=read_date(until, now=now, zone=zone) if until else None,
        count=int(count) if count else None,
        first=parse_local(answers["first"], now=now, zone=zone).at if answers["first"] else None,
    )


def _foreseen(office: Office, post: int, wish: Wish) -> Foreseen | ProductError:
    """The plan with its remarks, or why there is none: then the rule is asked for again."""
    from purdah_scheduler.calendars.almanac import office_almanac  # election law is loaded in a thread, when it is wanted

    try:
        plan = repeating.plan(office, post, every=wish.every, first=wish.first, until=wish.until, count=wish.count)
    except BadInput as fault:
        return fault
    almanac = office_almanac(office, plan.occurrences[0].at, plan.occurrences[-1].at)
    return Foreseen(plan=plan, remarks=repeating.remarks(office, plan, almanac))


def plan_words(found: Foreseen, zone: ZoneInfo) -> str:
    """Every time on a line of its own, with its verdict, its periods and whatever else there is to say of it."""
    lines = []
    for number, (each, remarks) in enumerate(zip(found.plan.occurrences, found.remarks, strict=True), start=1):
        lines.append(f"{number:>2}  {format_local(each.at, zone)}  {verdict_word(each.verdict).word}")
        lines += [f"      {note}" for note in (*each.notes, *remarks)]
    return "\n".join(lines)


def _confirm(screen: FrameScreen, chosen: Chosen, found: Foreseen) -> None:
    office, actor, plan = screen.product.office, screen.product.actor, found.plan
    total = len(plan.occurrences)
    drafts = counted(total, "draft")
    window = "The window of the post is not copied." if plan.windowed else ""
    box = Confirm(
        f"Make {drafts} from post {chosen.post}?",
        text=plan_words(found, office.house.zone),
        lines=[
            ("Rule", plan.rule),
            ("Each", f"is a draft of its own: submitted, cleared and checked by itself. {window}".strip()),
        ],
        verb="Make them",
    )

    def make() -> None:
        screen.call(lambda: repeating.make(office, actor, plan), _made)

    screen.app.push_screen(box, lambda yes: make() if yes else None)


def _made(series: Series) -> str:
    first, last = series.posts[0], series.posts[-1]
    return f"Series {series.id}: posts {first} to {last} are drafts. Post {series.source} is as it was."
