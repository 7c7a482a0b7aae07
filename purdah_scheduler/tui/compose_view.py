"""The form of compose as widgets: it shows a `Form`, and reads one back."""

from collections.abc import Mapping
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import ItemGrid, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Select, Static, TextArea

from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.changes import MARK_WORDS
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.domain.policy import STRICT, YEAR_ROUND, Verdict
from purdah_scheduler.tui.compose_card import CardBox
from purdah_scheduler.tui.compose_checks import Checks
from purdah_scheduler.tui.compose_fields import Field, Row, Tick, Tight, WordsArea
from purdah_scheduler.tui.compose_form import Form
from purdah_scheduler.tui.compose_pictures import PictureList
from purdah_scheduler.tui.compose_settings import SettingsBox
from purdah_scheduler.tui.plain import choice, says

EVERY = ""
"""Stands for every account in the choice of whose words are shown."""

_TEXT_FIELDS = ("area", "when", "not_before", "not_after", "title", "notes")
_MARKS = {**MARK_WORDS, "names_politician": "names or shows a politician", "touches_referendum": "touches the referendum"}
_MEANS = {Verdict.ALLOW: "may go out", Verdict.FLAG: "needs a sign-off", Verdict.BLOCK: "held"}


class FormView(VerticalScroll, can_focus=False):
    """Every field. `Changed` tells that any of them did."""

    class Changed(Message):
        """Something was typed, ticked or chosen."""

    def __init__(self, office: Office) -> None:
        super().__init__(id="form")
        self.office = office
        self.house = office.house
        self.form = Form()
        self.words_of = EVERY
        self.checks: Checks | None = None

    def compose(self) -> ComposeResult:
        """The words first, then whom they are for, when, and how they are classified."""
        accounts = self.house.accounts
        whose = [(choice("every account"), EVERY), *((choice(one.id), one.id) for one in accounts)]
        yield Tight("Words for", Select(whose, value=EVERY, allow_blank=False, compact=True, id="whose"), Static(id="own"))
        yield WordsArea(id="text", highlight_cursor_line=False)
        ticks = (Tick(one.id, name=one.id, classes="account") for one in accounts)
        yield Row("Accounts", ItemGrid(*ticks, min_column_width=26, id="accounts"))
        yield Row("When", Field(id="when", placeholder="(such as tomorrow 9:30)"), Static(id="when-read", classes="reading"))
        categories = [(choice(label), name) for name, label in self.house.rulebook.categories.items()]
        yield Tight("Category", Select(categories, prompt="(choose one: the rules go by it)", compact=True, id="category"))
        yield Row("", Static(id="category-help"))
        nations = [(choice(nation), str(nation)) for nation in Nation]
        nation: Select[str] = Select(nations, value=str(Nation.UK), allow_blank=False, compact=True, id="nation")
        yield Row("For", nation, Static("Area", classes="between"), Field(id="area", placeholder="(only if it is about one)"))
        marks = (Tick(said, name=name, classes="mark") for name, said in _MARKS.items())
        yield Row("Marks", ItemGrid(*marks, min_column_width=31, id="marks"))
        yield Tight("Campaign", Field(id="campaign", placeholder="(its name, if it is part of one)"))
        before, after = Field(id="not_before"), Field(id="not_after")
        yield Row("Not before", before, Static("not after", classes="between"), after)
        yield Row("", Static(id="window-read"), id="row-window")
        yield PictureList()
        yield CardBox()
        yield SettingsBox()
        yield Tight("Title", Field(id="title", placeholder="(for lists; else the first words of the text)"))
        yield Row("Notes", Field(id="notes", placeholder="(for colleagues; never published)"))

    def show(self, form: Form) -> None:
        """Put a form into the fields."""
        self.form = form
        with self.prevent(Input.Changed, Select.Changed, TextArea.Changed):
            self.words_of = EVERY
            self.query_one("#whose", Select).value = EVERY
            self.query_one(WordsArea).load_text(form.text)
            for name in _TEXT_FIELDS:
                self.query_one(f"#{name}", Field).value = getattr(form, name)
            self.query_one("#campaign", Field).value = form.marks.campaign
            known = form.category in self.house.rulebook.categories
            self.query_one("#category", Select).value = form.category if known else Select.NULL
            self.query_one("#nation", Select).value = form.nation if form.nation in set(Nation) else str(Nation.UK)
        for tick in self.query(".account").results(Tick):
            tick.ticked = tick.name in form.accounts
        for tick in self.query(".mark").results(Tick):
            tick.ticked = bool(getattr(form.marks, str(tick.name)))
        self.query_one(PictureList).show(form.pictures, form.focuses)
        self.query_one(CardBox).show(form)
        self._show_settings()
        self._say_own()
        self._say_category()

    def read(self) -> Form:
        """The form as the fields stand."""
        category = self.query_one("#category", Select).value
        ticked = {str(tick.name): tick.ticked for tick in self.query(Tick)}
        marks = Marks(
            **{name: ticked[name] for name in MARK_WORDS},
            campaign=self._typed("campaign"),
        )
        return replace(
            self._with_boxes(),
            accounts=tuple(one.id for one in self.house.accounts if ticked[one.id]),
            category=category if isinstance(category, str) else "",
            nation=str(self.query_one("#nation", Select).value),
            marks=marks,
            area=self._typed("area"),
            when=self._typed("when"),
            not_before=self._typed("not_before"),
            not_after=self._typed("not_after"),
            title=self._typed("title"),
            notes=self._typed("notes"),
        )

    def put_words(self, text: str) -> None:
        """Replace the words that are shown, as one step that can be undone."""
        area = self.query_one(WordsArea)
        area.replace(text, area.document.start, area.document.end)

    def put_time(self, typed: str) -> None:
        """Replace the planned time."""
        self.query_one("#when", Field).value = typed

    def settle(self, saved: Form) -> None:
        """What is on the screen is stored now: later edits begin from that revision, and its images are its own."""
        self.query_one(PictureList).show(saved.pictures, saved.focuses)
        self.query_one(CardBox).settle(saved)
        self.form = replace(self.form, post=saved.post, seen_revision=saved.seen_revision).with_pictures(saved.pictures)

    def begin_from(self, revision: int) -> None:
        """The words on the screen are to follow that revision."""
        self.form = replace(self.form, seen_revision=revision)

    def use_common(self) -> None:
        """Take its own words away from the account whose words are shown."""
        if self.words_of and self.words_of in self.form.texts:
            texts = {account: text for account, text in self.form.texts.items() if account != self.words_of}
            self.form = replace(self.form, texts=texts)
            with self.prevent(TextArea.Changed):
                self.query_one(WordsArea).load_text(self.form.text)
            self._say_own()
            self.post_message(self.Changed())

    def tell(self, checks: Checks) -> None:
        """Show the counts beside the accounts, every time as it was read, and what is known of the pictures."""
        self.checks = checks
        for tick in self.query(".account").results(Tick):
            count = checks.counts.get(tick.label)
            over = " TOO LONG" if count is not None and count.used > count.limit else ""
            tick.said = tick.label if count is None else f"{tick.label} {count.used:,}/{count.limit:,}{over}"
        read = dict(checks.readings)
        words = read.get("when", "")
        inside = f", in {', '.join(letter for letter, _ in checks.in_force)}" if words and checks.in_force else ""
        fault = "" if words or not self.query_one("#when", Field).value.strip() else "cannot be read: see the checks"
        echo = says((f"= {words}", "bold"), (inside, "bold $text-warning")) if words else says((fault, "$text-warning"))
        self.query_one("#when-read", Static).update(echo)
        window = window_words(read, self._typed("not_before"), self._typed("not_after"))
        self.query_one("#window-read", Static).update(says((window, "bold")))
        self.query_one("#row-window", Row).display = bool(window)
        self.query_one(PictureList).tell(checks.seen, checks.limits)
        self.query_one(CardBox).tell(checks.card_seen)
        self._say_own()
        self._say_category()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The words of every account, or those of one."""
        event.stop()
        text = event.text_area.text
        if not self.words_of:
            self.form = replace(self.form, text=text)
        elif self.form.words(self.words_of) != text:
            self.form = replace(self.form, texts={**self.form.texts, self.words_of: text})
            self._say_own()
        self.post_message(self.Changed())

    def on_input_changed(self, event: Input.Changed) -> None:
        """A field of one line."""
        event.stop()
        self.post_message(self.Changed())

    @on(PictureList.Changed)
    @on(CardBox.Changed)
    @on(SettingsBox.Changed)
    def take_from_box(self, event: Message) -> None:
        """A picture came, went, moved or was described; something of the card; or a setting of the channels."""
        event.stop()
        self.form = self._with_boxes()
        self.post_message(self.Changed())

    def on_select_changed(self, event: Select.Changed) -> None:
        """Whose words are shown, the category, or the nation."""
        event.stop()
        if event.select.id == "whose":
            self.words_of = str(event.value)
            with self.prevent(TextArea.Changed):
                self.query_one(WordsArea).load_text(self.form.words(self.words_of) if self.words_of else self.form.text)
            self._say_own()
        else:
            self.checks = None
            self._say_category()
            self.post_message(self.Changed())

    def on_tick_changed(self, event: Tick.Changed) -> None:
        """A box was ticked; the audience of a new post follows its accounts for as long as nobody chose another."""
        event.stop()
        if event.tick.has_class("account"):
            accounts = tuple(one.label for one in self.query(".account").results(Tick) if one.ticked)
            before = [one.id for one in self.house.accounts if one.id in self.form.accounts]
            nation = self.query_one("#nation", Select)
            if self.form.post is None and nation.value == str(self.house.usual_nation(before)):
                with self.prevent(Select.Changed):
                    nation.value = str(self.house.usual_nation(accounts))
            self.form = replace(self.form, accounts=accounts)
            self._show_settings()
        self.post_message(self.Changed())

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).value

    def _with_boxes(self) -> Form:
        pictures = self.query_one(PictureList)
        form = self.form.with_pictures(pictures.pictures, pictures.points)
        return self.query_one(CardBox).into(self.query_one(SettingsBox).into(form))

    def _show_settings(self) -> None:
        """What a channel of the ticked accounts has: its settings, cards, and the focus of a picture."""
        ticked = [one for one in self.house.accounts if one.id in self.form.accounts]
        channels = {one.id: self.office.rules.settings(one.channel) for one in ticked}
        self.query_one(SettingsBox).show(self.form, list(channels.values()))
        showing = [account for account, settings in channels.items() if settings.card]
        self.query_one(CardBox).offer(showing, [account for account in channels if account not in showing])
        self.query_one(PictureList).crop([account for account, settings in channels.items() if settings.focus])

    def _say_own(self) -> None:
        """Whose words are shown, and how long those of one account are there."""
        whose = self.words_of
        count = self.checks.counts.get(whose) if self.checks is not None else None
        length = f"{count.used:,}/{count.limit:,}  " if count is not None else ""
        if not whose:
            own = [account for account in self.form.texts if self.form.texts[account] != self.form.text]
            said = f"own words: {', '.join(own)}" if own else ""
        elif whose in self.form.texts:
            said = f"{length}words of its own; f9 takes them away"
        else:
            said = f"{length}what every account says; typing gives it words of its own"
        self.query_one("#own", Static).update(says((said, "$quiet")))

    def _say_category(self) -> None:
        """How the rules treat the category: on most days, in a strict period, and at the time of the post."""
        value = self.query_one("#category", Select).value
        verdict = self.checks.verdict if self.checks is not None else None
        at = f" At its time: {_MEANS[verdict]}." if verdict is not None else ""
        said = f"{category_help(value, self.house.rulebook.rules)}{at} f3 explains every kind."
        self.query_one("#category-help", Static).update(says((said, "$quiet")))


def window_words(read: Mapping[str, str], before: str, after: str) -> str:
    """The window as it was read; a bound that was typed and cannot be read says so."""
    opens, closes = read.get("not_before", ""), read.get("not_after", "")
    if (before.strip() and not opens) or (after.strip() and not closes):
        return "cannot be read: see the checks"
    if opens and closes:
        return f"= from {opens} until {closes}"
    if opens:
        return f"= from {opens} on"
    return f"= until {closes}" if closes else ""


def category_help(category: object, rules: Mapping[tuple[str, str], Verdict]) -> str:
    """What the rules say of a category in one sentence: on every day, and in a strict pre-election period."""
    if not isinstance(category, str):
        return "What the post is; the people who clear it check that."
    usual, strict = rules.get((category, YEAR_ROUND)), rules.get((category, STRICT))
    if usual is None or strict is None:
        return ""
    return f"On most days: {_MEANS[usual]}. In a strict period: {_MEANS[strict]}."
