"""What stands in the fields of compose, as one record: from a post, to a draft, and to a file and back; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, field, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from purdah_scheduler.application.office import House
from purdah_scheduler.application.slotting import SlotLine
from purdah_scheduler.application.views import PostView
from purdah_scheduler.application.writing import Attachment, Draft
from purdah_scheduler.domain.civiltime import format_day, format_local, parse_local
from purdah_scheduler.domain.content import Card, Marks, Media, files_of
from purdah_scheduler.domain.focus import Focus, read_focus
from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.lean import lean_dataclass

_MORNING = time(9)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that is attached by its path and is not stored yet, with its alternative text."""

    path: str
    alt: str


Picture = Media | Attached
"""One that the revision has already, or a new one."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Every field as it stands; times are as typed. `texts` holds an account's own words where it has any.

    `post` is None for a new post; `seen_revision` is the revision that the editor opened. `kept` are media of that revision that
    stay, `attached` those that are new, and `order` the places in which they go out (`pictures`); empty as they stand.
    `points` are their focuses in those places, as typed; empty as they stand. `card_picture` takes the place of the picture that
    the card has.
    """

    post: int | None = None
    seen_revision: int | None = None
    text: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()
    category: str = ""
    nation: str = "UK"
    area: str = ""
    marks: Marks = field(default_factory=Marks)
    when: str = ""
    not_before: str = ""
    not_after: str = ""
    title: str = ""
    notes: str = ""
    kept: tuple[Media, ...] = ()
    attached: tuple[Attached, ...] = ()
    order: tuple[int, ...] = ()
    points: tuple[str, ...] = ()
    lang: str = "en"
    visibility: str = "public"
    content_warning: str = ""
    reply_to: str = ""
    card: Card | None = None
    card_picture: Attached | None = None

    def words(self, account: str) -> str:
        """What `account` would say."""
        return self.texts.get(account, self.text)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture in the order in which they go out."""
        every: tuple[Picture, ...] = (*self.kept, *self.attached)
        return tuple(every[number] for number in self.places)

    @property
    def places(self) -> tuple[int, ...]:
        """For each picture in that order its number, from 0, among the kept and then the new ones."""
        many = len(self.kept) + len(self.attached)
        return self.order if sorted(self.order) == list(range(many)) else tuple(range(many))

    @property
    def focuses(self) -> tuple[str, ...]:
        """The focus of each picture in that order, as typed."""
        return self.points if len(self.points) == len(self.places) else tuple(map(_focus_of, self.pictures))

    @property
    def of_card(self) -> tuple[Picture, ...]:
        """The picture that the card will have, where it will have one."""
        stored = self.card.picture if self.card is not None else None
        return tuple(one for one in (self.card_picture or stored,) if one is not None)

    def with_pictures(self, pictures: Sequence[Picture], focuses: Sequence[str] = ()) -> "Form":
        """The form with these in this order, and their focuses as typed; left out they are as the pictures have them."""
        kept = tuple(one for one in pictures if isinstance(one, Media))
        attached = tuple(one for one in pictures if isinstance(one, Attached))
        numbers = {id(one): number for number, one in enumerate((*kept, *attached))}
        order = tuple(numbers[id(one)] for one in pictures)
        return replace(
            self,
            kept=kept,
            attached=attached,
            order=() if order == tuple(range(len(order))) else order,
            points=() if tuple(focuses) == tuple(map(_focus_of, pictures)) else tuple(focuses),
        )


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The time fields as instants, and for each that cannot be read the reason; empty fields are neither."""

    planned_at: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    faults: Mapping[str, BadTime] = field(default_factory=dict)


def blank(house: House, *, planned: date | SlotLine | None, now: datetime) -> Form:
    """An empty form: for a slot with its account and minute, for a day with nine o'clock or, if that is over, the next hour."""
    only = (house.accounts[0].id,) if len(house.accounts) == 1 else ()
    form = Form(accounts=only, nation=house.usual_nation(only))
    if planned is None:
        return form
    if isinstance(planned, SlotLine):
        slot, accounts = planned.at.astimezone(house.zone), (planned.account,)
        when = f"{format_day(slot.date())} {slot:%H:%M}"
        return replace(form, accounts=accounts, nation=house.usual_nation(accounts), when=when)
    local_now = now.astimezone(house.zone)
    at = datetime.combine(planned, _MORNING)
    if at <= local_now.replace(tzinfo=None) and planned == local_now.date():
        at = local_now.replace(tzinfo=None, minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return replace(form, when=f"{format_day(at.date())} {at:%H:%M}")


def of_post(view: PostView, zone: ZoneInfo) -> Form:
    """The form of a post's current revision: the words that most accounts share are the common ones."""
    content = view.revision.content
    said = [(entry.text, entry.account) for entry in content.accounts]
    common = max((text for text, _ in said), key=[text for text, _ in said].count)
    first = content.accounts[0]
    return Form(
        post=view.post.id,
        seen_revision=view.revision.number,
        text=common,
        texts={account: text for text, account in said if text != common},
        accounts=tuple(entry.account for entry in content.accounts),
        category=content.category,
        nation=content.nation,
        area=content.area,
        marks=content.marks,
        when=_typed(view.post.planned_at, zone),
        not_before=_typed(content.not_before, zone),
        not_after=_typed(content.not_after, zone),
        title="" if _is_of(view.post.title, common) else view.post.title,
        notes=view.post.notes,
        kept=content.media,
        lang=first.lang,
        visibility=first.visibility,
        content_warning=first.content_warning,
        reply_to=first.reply_to,
        card=content.card,
    )


def read_times(form: Form, *, now: datetime, zone: ZoneInfo) -> Times:
    """The three time fields as instants."""
    found: dict[str, datetime] = {}
    faults: dict[str, BadTime] = {}
    for name, typed in (("planned_at", form.when), ("not_before", form.not_before), ("not_after", form.not_after)):
        if not typed.strip():
            continue
        try:
            found[name] = parse_local(typed, now=now, zone=zone).at
        except BadTime as fault:
            faults[name] = fault
    return Times(
        planned_at=found.get("planned_at"),
        not_before=found.get("not_before"),
        not_after=found.get("not_after"),
        faults=faults,
    )


def read_focuses(form: Form) -> tuple[tuple[Focus | None, ...], Mapping[int, BadInput]]:
    """The focus of each picture in the order in which they go out, and for each (from 1) that cannot be read the reason."""
    found: list[Focus | None] = []
    faults: dict[int, BadInput] = {}
    for number, typed in enumerate(form.focuses, start=1):
        try:
            found.append(read_focus(typed) if typed.strip() else None)
        except BadInput as fault:
            found.append(None)
            faults[number] = BadInput(f"Image {number}: {fault.message}", next_step=fault.next_step)
    return tuple(found), faults


def readable(form: Form) -> Form:
    """The form without the focuses that cannot be read."""
    found, faults = read_focuses(form)
    return replace(form, points=tuple("" if focus is None else str(focus) for focus in found)) if faults else form


def draft_of(form: Form, times: Times, attachments: tuple[Attachment, ...], card_picture: Attachment | None = None) -> Draft:
    """What the writing service takes. Raises the fault of the first time field or focus that cannot be read."""
    found, unread = read_focuses(form)
    for fault in (*times.faults.values(), *unread.values()):
        raise fault
    focuses = dict(zip(form.places, found, strict=True))
    return Draft(
        accounts=form.accounts,
        text=form.text,
        texts={account: text for account, text in form.texts.items() if account in form.accounts},
        category=form.category,
        nation=form.nation,
        area=form.area,
        marks=form.marks,
        title=form.title,
        notes=form.notes,
        planned_at=times.planned_at,
        not_before=times.not_before,
        not_after=times.not_after,
        lang=form.lang,
        visibility=form.visibility,
        content_warning=form.content_warning,
        reply_to=form.reply_to,
        keep_media=tuple(replace(medium, focus=focuses[number]) for number, medium in enumerate(form.kept)),
        attachments=tuple(replace(file, focus=focuses[number]) for number, file in enumerate(attachments, start=len(form.kept))),
        card=form.card,
        card_picture=card_picture,
        media_order=form.places if form.order else (),
    )


def saved_as(form: Form, fresh: Form) -> Form:
    """The form that was saved, whose files are those of the revision that is stored now."""
    stored = fresh.card.picture if fresh.card is not None else None
    return replace(
        form,
        post=fresh.post,
        seen_revision=fresh.seen_revision,
        kept=fresh.kept,
        attached=(),
        order=(),
        points=(),
        card=None if form.card is None else replace(form.card, picture=stored),
        card_picture=None,
    )


def same_form(one: Form, other: Form) -> bool:
    """Whether two forms say the same, whatever revision they began from."""
    return _cleared_part(one) == _cleared_part(other) and _beside(one) == _beside(other)


def changes_what_was_cleared(before: Form, after: Form) -> bool:
    """Whether the edit touches more than title, notes and planned time, which clearances do not depend on."""
    return _cleared_part(before) != _cleared_part(after)


def to_document(form: Form) -> dict[str, Any]:
    """The form as plain values for JSON."""
    return asdict(replace(form, texts=dict(form.texts)))


def from_document(document: object) -> Form:
    """The form that `to_document` wrote. Raises BadInput for anything else."""
    if not isinstance(document, dict):
        raise _unreadable()
    known = {entry.name for entry in fields(Form)}
    values = {name: value for name, value in document.items() if name in known}
    try:
        values["marks"] = Marks(**values.get("marks", {}))
        values["kept"] = tuple(map(_medium, values.get("kept", ())))
        values["card"] = _card(values.get("card"))
        values["attached"] = tuple(Attached(**entry) for entry in values.get("attached", ()))
        new = values.get("card_picture")
        values["card_picture"] = None if new is None else Attached(**new)
        values["accounts"] = tuple(values.get("accounts", ()))
        values["order"] = tuple(values.get("order", ()))
        values["points"] = tuple(values.get("points", ()))
        form = Form(**values)
    except (TypeError, AttributeError) as fault:
        raise _unreadable() from fault
    if not _well_typed(form):
        raise _unreadable()
    return form


def _medium(entry: Mapping[str, Any]) -> Media:
    focus = entry.get("focus")
    return Media(**{**entry, "focus": None if focus is None else Focus(**focus)})


def _focus_of(picture: Picture) -> str:
    return str(picture.focus) if isinstance(picture, Media) and picture.focus is not None else ""


def _card(entry: Mapping[str, Any] | None) -> Card | None:
    if entry is None:
        return None
    picture = entry.get("picture")
    return Card(**{**entry, "picture": None if picture is None else _medium(picture)})


def _beside(form: Form) -> tuple[str, str, str]:
    return form.title.strip(), form.notes, form.when.strip()


def _cleared_part(form: Form) -> Form:
    own = {account: text for account, text in form.texts.items() if account in form.accounts and text != form.text}
    return replace(form, title="", notes="", when="", seen_revision=None, texts=own, accounts=tuple(sorted(form.accounts)))


def _is_of(title: str, text: str) -> bool:
    """Whether the title is the beginning of the text, as it is where nobody gave one: then it goes on following the text."""
    return text.split("\n", 1)[0].startswith(title.removesuffix("…"))


def _typed(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else format_local(at, zone)


def _well_typed(form: Form) -> bool:
    """Whether the values that came out of a file have the types that the form promises."""
    numbers = all(value is None or type(value) is int for value in (form.post, form.seen_revision))
    words = (form.text, form.category, form.nation, form.area, form.when, form.not_before, form.not_after, form.title, form.notes)
    kept = (form.lang, form.visibility, form.content_warning, form.reply_to, *form.accounts, *form.points)
    new = form.attached if form.card_picture is None else (*form.attached, form.card_picture)
    paths = [part for entry in new for part in (entry.path, entry.alt)]
    files = files_of(form.kept, form.card)
    stored = [part for medium in files for part in (medium.sha256, medium.type, medium.alt)]
    stored += [] if form.card is None else [form.card.address, form.card.title, form.card.description]
    points = [at for medium in files if medium.focus is not None for at in (medium.focus.x, medium.focus.y)]
    sizes = all(type(number) is int for number in (*(medium.size for medium in files), *points, *form.order))
    marks = all(type(getattr(form.marks, mark.name)) is type(mark.default) for mark in fields(Marks))
    own = isinstance(form.texts, dict) and all(isinstance(part, str) for pair in form.texts.items() for part in pair)
    return numbers and sizes and marks and own and all(isinstance(value, str) for value in (*words, *kept, *paths, *stored))


def _unreadable() -> BadInput:
    return BadInput("The unsaved words that were kept cannot be read, so the form was not filled from them.")
