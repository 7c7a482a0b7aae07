"""What a notice says: short, never the text of a post, never a secret, and always what to type next."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from purdah_scheduler.application.account_health import hit_in_words, in_words, new_login, posts_hit, troubled
from purdah_scheduler.application.lists import Line, QueueFilter
from purdah_scheduler.application.notice_ports import NoticeReader
from purdah_scheduler.application.noticing import PARTIAL
from purdah_scheduler.application.office import House, Office
from purdah_scheduler.application.views import relevant_periods
from purdah_scheduler.domain.checkpoints import checkpoint
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.in_words import rules_in_words, status_in_words
from purdah_scheduler.domain.notices import Item, Message, Notice, NoticeKind
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.posts import NEEDS_A_PERSON
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import NotFound

_SAID = {
    NoticeKind.CLEARANCE: ("waits for your clearance", "wait for your clearance"),
    NoticeKind.SIGN_OFF: ("is flagged and waits for your sign-off", "are flagged and wait for your sign-off"),
    NoticeKind.HELD: ("is held", "are held"),
    NoticeKind.MISSED: ("was not sent: it was too late", "were not sent: they were too late"),
    NoticeKind.FAILED: ("was refused by the platform", "were refused by the platform"),
    NoticeKind.TAKEN_BACK: ("lost your rejection: somebody took it back", "lost your rejection: somebody took it back"),
    NoticeKind.COMMENT: ("has a comment for you", "have comments for you"),
    NoticeKind.UNKNOWN: ("may have been published: please look", "may have been published: please look"),
    NoticeKind.BY_HAND: ("is to be posted by hand now", "are to be posted by hand now"),
}
_IN_PART = ("is public in part only: the next part needs you", "are public in part only: the next parts need you")
_NEXT = {
    NoticeKind.CLEARANCE: "Read it, then decide: purdah-scheduler post show {post}",
    NoticeKind.SIGN_OFF: "Read it, then decide: purdah-scheduler post show {post}",
    NoticeKind.TAKEN_BACK: "Who did, and what it says now: purdah-scheduler post show {post}",
    NoticeKind.COMMENT: "Read it: purdah-scheduler post show {post}",
    NoticeKind.HELD: "Why, and what to do: purdah-scheduler post show {post}",
    NoticeKind.MISSED: "Choose a new time: purdah-scheduler post schedule {post} --at TIME",
    NoticeKind.FAILED: "Why, and what to do: purdah-scheduler post show {post}",
    NoticeKind.UNKNOWN: "Look at the account, then: purdah-scheduler post resolve {post} --published URL | --not-published",
    NoticeKind.BY_HAND: "Take the words, post them, record the address: purdah-scheduler post by-hand {post}",
}
_SOON = timedelta(days=14)
_MOST = 20
"""Posts that the digest lists of each sort."""


def compose(office: Office, reader: NoticeReader, notice: Notice) -> Message:
    """The message of a notice, by what is known now."""
    house, now = office.house, office.now()
    match notice.kind:
        case NoticeKind.DECLARED | NoticeKind.NEAR:
            subject, lines = _of_period(house, reader, notice, now)
        case NoticeKind.LOGIN:
            subject, lines = _of_login(house, reader, notice, now)
        case NoticeKind.SILENT:
            subject, lines = _of_silence(house, reader, notice, now)
        case NoticeKind.BREAK_GLASS:
            subject, lines = _of_break_glass(house, reader, notice)
        case NoticeKind.DIGEST:
            subject, lines = _digest(house, reader, now)
        case _:
            count = len(notice.items) + notice.more
            first = notice.items[0].post if notice.items else 0
            said = (_IN_PART if notice.topic.startswith(f"{PARTIAL}:") else _SAID[notice.kind])[count != 1]
            subject = f"Post {first} {said}" if count == 1 else f"{count} posts {said}"
            lines = ["", _NEXT[notice.kind].format(post=first)]
    posts = tuple((item.post, item.account, _title(reader, item.post)) for item in notice.items)
    listed = [_line(item, title) for item, (_, _, title) in zip(notice.items, posts, strict=True)]
    if notice.more:
        listed.append(f"and {notice.more} more: purdah-scheduler post list")
    return Message(
        kind=str(notice.kind),
        people=notice.people,
        subject=f"[{house.department}] {subject}",
        text="\n".join([*listed, *lines]).strip() + "\n",
        posts=posts,
    )


def _title(reader: NoticeReader, number: int) -> str:
    """The title, unless it is nothing but the beginning of the post's own words."""
    try:
        post = reader.post(number)
        content = reader.revision(number, post.revision).content
    except NotFound:
        return ""
    begins = "".join(post.title.removesuffix("…").split())
    if any("".join(entry.text.split()).startswith(begins) for entry in content.accounts):
        return "(no title)"
    return reveal(post.title, keep_newlines=False)


def _line(item: Item, title: str) -> str:
    about = ", ".join(part for part in (item.account, item.code.replace("-", " ")) if part)
    return f"- {item.post}: {title}" + (f" ({about})" if about else "")


def _period(house: House, reader: NoticeReader, notice: Notice) -> Period | None:
    parts = notice.topic.split(":", 2)
    wanted = parts[2] if parts[0] == "proposal" else parts[1]
    return next((period for period in house.calendar(reader) if period.id == wanted), None)


def _of_period(house: House, reader: NoticeReader, notice: Notice, now: datetime) -> tuple[str, list[str]]:
    period = _period(house, reader, notice)
    if period is None:
        return "A pre-election period was changed", ["", "Next: purdah-scheduler calendar list"]
    what, at = "was declared or changed", ""
    if notice.topic.startswith("proposal:"):
        proposal = notice.topic.split(":")[1]
        return f"A change of “{period.name}” waits for a second person", [
            f"Look, then: purdah-scheduler calendar accept {proposal} | purdah-scheduler calendar refuse {proposal}"
        ]
    if notice.kind is NoticeKind.NEAR:
        last = notice.topic.endswith(":last")
        what = "is near its end" if last else "has begun" if period.starts <= now else "begins soon"
        at = format_local(period.ends if last else period.starts, house.zone, now)
    held = len(notice.items) + notice.more
    subject = f"“{period.name}” {what}{f': {at}' if at else ''}{f', and holds {held}' if held else ''}"
    span = f"{format_local(period.starts, house.zone)} to {format_local(period.ends, house.zone)}"
    lines = [
        "",
        f"It holds from {span} ({status_in_words(period)}).",
        rules_in_words(period, house.bodies_in(period), house.rulebook),
        f"Next: purdah-scheduler calendar show {period.id}",
    ]
    return subject, lines


def _of_login(house: House, reader: NoticeReader, notice: Notice, now: datetime) -> tuple[str, list[str]]:
    """Of posts that were held because of it, or of what a check of the account found before any was."""
    account = notice.topic.split(":")[1]
    check = next((known for known in troubled(reader, house, now) if known.account == account), None)
    hit = "" if check is None else hit_in_words(posts_hit(reader, check, now))
    if notice.items or check is None or check.is_refused:
        subject = f"{account}: the platform refuses its credentials"
        go_on = f"Give it new ones, then let it go on: {new_login(account)}; purdah-scheduler resume --account {account}"
        return subject, ["Nothing is sent from this account until a person acts.", *filter(None, [hit]), "", go_on]
    words = in_words(check, house.zone, now)
    then = "Until then posts go out; after it they are held."
    if check.needs_login(now):
        then = "Posts go out for as long as the platform takes them all the same; then they are held."
    return words, [then, *filter(None, [hit]), "", f"Give it new ones: {new_login(account)}"]


def _of_break_glass(house: House, reader: NoticeReader, notice: Notice) -> tuple[str, list[str]]:
    post = notice.items[0].post
    glass = next(known for known in reader.break_glasses(post) if notice.topic == f"break-glass:{known.id}")
    return f"BREAK-GLASS: post {post} goes out without {', '.join(glass.stages)}", [
        "",
        f"{glass.person} let it out at {format_local(glass.at, house.zone)}.",
        f"Incident: {reveal(glass.incident, keep_newlines=False)}",
        "To stop it now: purdah-scheduler pause --all --reason REASON",
        f"Somebody else reviews it: purdah-scheduler post review-break-glass {post} --note TEXT",
    ]


def _of_silence(house: House, reader: NoticeReader, notice: Notice, now: datetime) -> tuple[str, list[str]]:
    """From the cron job that found nobody, from the daemon that came back, or from one that misses another."""
    when, _, who = notice.topic.split(":", 2)[2].partition(" ")
    since = format_local(datetime.fromisoformat(when), house.zone, now)
    overdue = reader.overdue(now)
    waits = f"{overdue} posts are due and were not sent." if overdue else "No post is overdue."
    if notice.topic.startswith("silent:over:"):
        subject = f"Publishing goes on; nobody published from {since} to {format_local(notice.at, house.zone, now)}"
        return subject, [waits, "", "What was missed: purdah-scheduler post list --state missed"]
    if who:
        lines = [f"Another daemon publishes. {waits}", "", "Next: purdah-scheduler status, then start that one again."]
        return f"The daemon on {who}, is silent since {since}", lines
    return f"No daemon publishes since {since}", [waits, "", "Next: purdah-scheduler status, then purdah-scheduler daemon"]


def _digest(house: House, reader: NoticeReader, now: datetime) -> tuple[str, list[str]]:
    """What waits, what goes out in the next day, what is near, and how far the record goes."""
    counts = reader.counts()
    waiting = sum(counts.get(state, 0) for state in NEEDS_A_PERSON)
    waits = reader.lines(QueueFilter(states=NEEDS_A_PERSON), limit=_MOST)
    due = reader.lines(QueueFilter(states=frozenset({"scheduled"}), until=now + timedelta(days=1)), limit=_MOST + 1)
    going = str(len(due)) if len(due) <= _MOST else f"more than {_MOST}"
    lines = [
        f"{counts.get('in_review', 0)} wait for clearance, {waiting} wait for a person to act, {going} go out within a day.",
        *_listed("Waiting for a person", [_told(reader, line, line.state) for line in waits], more=waiting > len(waits)),
        *_listed(
            "Going out",
            [_told(reader, line, format_local(line.at or now, house.zone, now)) for line in due[:_MOST]],
            more=len(due) > _MOST,
        ),
    ]
    near = [p for p in relevant_periods(house, reader) if not p.is_off and (p.in_force(now) or now <= p.starts < now + _SOON)]
    lines += _listed(
        "Periods",
        [
            f"- {p.name}: {'in force until' if p.in_force(now) else 'from'} "
            f"{format_local(p.ends if p.in_force(now) else p.starts, house.zone, now)} ({p.id})"
            for p in near
        ],
    )
    last = reader.last_entry()
    if last is not None:
        lines += [
            "",
            "How far the record goes. Keep it; later, with this line in a file: purdah-scheduler audit verify --against FILE",
            checkpoint(last.seq, last.hash, instance=reader.instance(), at=now).line,
        ]
    return f"{waiting} waiting, {going} going out", lines


def _told(reader: NoticeReader, line: Line, what: str) -> str:
    return f"- {line.post}: {_title(reader, line.post)} ({line.account}, {what.replace('_', ' ')})"


def _listed(head: str, lines: Sequence[str], *, more: bool = False) -> list[str]:
    return ["", f"{head}:", *lines, *(["and more: purdah-scheduler post list"] if more else [])] if lines else []
