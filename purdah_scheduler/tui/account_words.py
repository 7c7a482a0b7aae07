"""What the screen of accounts says in words: one line of the list, the line above it, and one account in full."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.account_views import AccountLine, AccountState, Behind
from purdah_scheduler.application.lists import Line
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.civiltime import DAYS, format_local
from purdah_scheduler.domain.posts import TROUBLE
from purdah_scheduler.domain.slots import Slot
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.postwords import GAP, block, heading
from purdah_scheduler.tui.rowlist import Piece
from purdah_scheduler.tui.words import Word, counted, state_word, when

_ACCOUNT, _CHANNEL, _STATE, _SIGN_IN, _PUBLISHED, _QUEUED, _TEXT = 15, 11, 15, 23, 17, 7, 7
_ROOM_FOR_ALL = 100
_NARROW_SIGN_IN = 21

_WORDS: Mapping[AccountState, Word] = {
    AccountState.STOPPED: Word(word="STOPPED", sign="=", tone="alarm"),
    AccountState.PAUSED: Word(word="Paused", sign="=", tone="wait"),
    AccountState.NEEDS_LOGIN: Word(word="NEEDS LOGIN", sign="!", tone="alarm"),
    AccountState.WAITS: Word(word="Waits", sign="»", tone="wait"),
    AccountState.ENDS_SOON: Word(word="Renew soon", sign="?", tone="wait"),
    AccountState.UNREACHABLE: Word(word="Not reached", sign="?", tone="wait"),
    AccountState.NOT_ASKED: Word(word="Not asked yet", sign="·", tone="quiet"),
    AccountState.OPEN: Word(word="Open", sign="√", tone="good"),
}

_HEALTH: Mapping[Health, str] = {
    Health.WELL: "ok",
    Health.LATER: "busy",
    Health.UNREACHABLE: "no answer",
    Health.NEEDS_LOGIN: "refused",
    Health.NOT_SET_UP: "no secrets",
}


def account_pieces(line: AccountLine, width: int, *, zone: ZoneInfo, now: datetime) -> Sequence[Piece]:
    """One line: the account, how it is, its sign-in, what waits behind it; what needs a person last."""
    word, wide = _WORDS[line.state], width >= _ROOM_FOR_ALL
    sign_in = _SIGN_IN if wide else _NARROW_SIGN_IN
    pieces: list[Piece] = [
        (f" {cell(line.account.id, _ACCOUNT - 1):<{_ACCOUNT}}", "calm"),
        (f"{cell(line.account.channel, _CHANNEL - 1):<{_CHANNEL}}", "quiet"),
        (f"{word.sign} {word.word:<{_STATE - 2}}", word.tone),
        (f"{cell(signed_in(line, zone, now), sign_in - 1):<{sign_in}}", "quiet"),
    ]
    used = 1 + _ACCOUNT + _CHANNEL + _STATE + sign_in
    if wide:
        published = when(line.published_at, zone, now) if line.published_at is not None else "nothing yet"
        pieces += [
            (f"{published:<{_PUBLISHED}}", "quiet"),
            (f"{line.waiting:<{_QUEUED},}", "calm"),
            (f"{line.length.limit:<{_TEXT},}", "quiet"),
        ]
        used += _PUBLISHED + _QUEUED + _TEXT
    return [*pieces, (cell(wrong(line), max(width - used, 4)), "alarm" if line.counts.keys() - {"scheduled", "held"} else "wait")]


def account_columns(width: int) -> Content:
    """The names of the columns of a list of this width."""
    wide = width >= _ROOM_FOR_ALL
    more = f"{'Last published':<{_PUBLISHED}}{'Queued':<{_QUEUED}}{'Length':<{_TEXT}}" if wide else ""
    sign_in = f"{'Sign-in':<{_SIGN_IN if wide else _NARROW_SIGN_IN}}"
    return plain(f"  {'Account':<{_ACCOUNT}}{'Channel':<{_CHANNEL}}{'State':<{_STATE}}{sign_in}{more}Needs a person", "$quiet")


def account_summary(lines: Sequence[AccountLine]) -> Content:
    """The line above the list: how many there are, and how many of them somebody should look at."""
    parts: list[str | tuple[str, str]] = [("Accounts", "bold"), (f"  {counted(len(lines), 'account')}", "$quiet")]
    for state, word in _WORDS.items():
        number = sum(line.state is state for line in lines)
        if number and word.tone in ("alarm", "wait"):
            parts.append((f"   {number} {word.word}", word.style))
    return says(*parts)


def no_accounts() -> Content:
    """Why the list is empty, and what helps."""
    return says(
        "The configuration has no account.\n\nAdd one under [[account]]; where the file is:  purdah-scheduler config path"
    )


def signed_in(line: AccountLine, zone: ZoneInfo, now: datetime) -> str:
    """How the sign-in was when its platform was last asked, and when that was."""
    check = line.check
    if check is None:
        return "never checked" if line.account.credentials else "none needed"
    if check.expires_at is not None and check.expires_at <= now:
        return f"ENDED {when(check.expires_at, zone, now)}"
    return f"{_HEALTH[check.health]}, {when(check.at, zone, now)}"


def wrong(line: AccountLine) -> str:
    """Which of its posts need a person, what needs one most first."""
    return ", ".join(
        f"{line.counts[state]:,} {state}" for state in map(str, TROUBLE) if state != "scheduled" and state in line.counts
    )


def account_in_full(
    line: AccountLine, behind: Behind | None, *, zone: ZoneInfo, now: datetime, width: int, key_of: Callable[[str], str]
) -> Content:
    """One account: what is wrong and what mends it, its sign-in, what it takes, its slots, and the posts behind it."""
    account, word = line.account, _WORDS[line.state]
    place = f"{account.nation}, {account.area}" if account.area else str(account.nation)
    lines = [
        says(
            (account.id, "bold $key"),
            f"  {account.handle}" if account.handle else "",
            (f"  {account.channel}  {account.kind}, {account.body}, {place}", "$quiet"),
        ),
        says((f"{word.sign} {word.word}", word.style), "  " + _why(line, zone, now).replace("\n", " ")),
    ]
    if line.next_step:
        lines.append(says(("Next  ", "$quiet"), line.next_step, (_key_for(line.state, key_of), "$quiet")))
    lines += _facts(line, zone, now)
    if behind is not None and behind.account == account.id:
        for title, posts in (("Needs a person", behind.troubled), ("Due next", behind.due)):
            if posts:
                lines += [GAP, heading(title), *(_post_line(post, zone, now) for post in posts)]
        if not behind.troubled and not behind.due:
            lines.append(says(("No post waits behind it.", "$quiet")))
    return block(lines, width)


def _why(line: AccountLine, zone: ZoneInfo, now: datetime) -> str:
    check, limit, pause = line.check, line.limit, line.pause
    match line.state:
        case AccountState.STOPPED:
            return f"All publishing is stopped. {line.stopped}"
        case AccountState.PAUSED if pause is not None:
            return f"By {pause.person} since {when(pause.at, zone, now)}: {pause.reason}"
        case AccountState.WAITS if limit is not None:
            return f"Its platform takes nothing before {format_local(limit.until, zone, now)}: {limit.reason}"
        case AccountState.NEEDS_LOGIN if check is not None:
            if check.is_refused:
                return " ".join(filter(None, (check.said, "Nothing goes out on it before somebody signs in.")))
            return f"{_end(check, zone, now)} Until somebody signs in nothing more can be counted on."
        case AccountState.ENDS_SOON if check is not None:
            return _end(check, zone, now)
        case AccountState.UNREACHABLE if check is not None:
            return check.said
        case AccountState.NOT_ASKED:
            return "No daemon has asked its platform yet whether it can be posted to."
        case _:
            return "Nothing is known against it."


def _end(check: LastCheck, zone: ZoneInfo, now: datetime) -> str:
    if check.expires_at is None:
        return ""
    return f"Its credentials {'ended' if check.expires_at <= now else 'end'} {format_local(check.expires_at, zone, now)}."


def _key_for(state: AccountState, key_of: Callable[[str], str]) -> str:
    keys = {
        AccountState.STOPPED: "daemon.stop",
        AccountState.PAUSED: "accounts.pause",
        AccountState.NEEDS_LOGIN: "accounts.sign_in",
        AccountState.ENDS_SOON: "accounts.sign_in",
        AccountState.UNREACHABLE: "accounts.check",
        AccountState.NOT_ASKED: "accounts.check",
    }
    return f"   or {key_of(keys[state])}" if state in keys else ""


def _facts(line: AccountLine, zone: ZoneInfo, now: datetime) -> list[Content]:
    check, server = line.check, line.server
    said = f": {check.said}" if check is not None and check.said else ""
    ends = "no end is known"
    if check is not None and check.expires_at is not None:
        ends = f"ends {format_local(check.expires_at, zone, now)}"
    takes = f"{line.length.limit:,} {line.length.unit}"
    if server is not None:
        pictures = f"{server.max_images} pictures of {server.max_image_bytes:,} bytes with descriptions of {server.max_alt:,}"
        takes += f"; {pictures}, as its server said {when(server.at, zone, now)}"
    waits = (
        f"takes nothing before {when(line.limit.until, zone, now)}" if line.limit is not None else "none is known to be reached"
    )
    facts = [
        ("Sign-in", f"{signed_in(line, zone, now)}{said}"),
        ("Ends", ends if line.account.credentials else ""),
        ("Published", when(line.published_at, zone, now) if line.published_at is not None else "nothing yet"),
        ("Queued", counted(line.waiting, "post")),
        ("Length", takes),
        ("Limit", waits if line.account.credentials else ""),
        ("Slots", slots_in_words(line.account.slots)),
    ]
    return [says((f"{name:<11}", "$quiet"), words.replace("\n", " ")) for name, words in facts if words]


def slots_in_words(slots: Sequence[Slot]) -> str:
    """The slots by weekday, days with the same times together: `Mon Tue 09:00 17:00; Sat 10:30`; empty where there are none."""
    by_day: dict[int, list[str]] = {}
    for slot in sorted(slots):
        by_day.setdefault(slot.weekday, []).append(f"{slot.clock:%H:%M}")
    by_times: dict[str, list[str]] = {}
    for day, times in by_day.items():
        by_times.setdefault(" ".join(times), []).append(DAYS[day][:3])
    return "; ".join(f"{' '.join(days)} {times}" for times, days in by_times.items())


def _post_line(post: Line, zone: ZoneInfo, now: datetime) -> Content:
    word = state_word(post.state)
    due = when(post.at, zone, now) if post.at is not None else "no time yet"
    return says(
        f"{due:<17}", (f"{word.sign} {word.word:<11}", word.style), (f"{post.post:<7}", "$quiet"), post.title.replace("\n", " ")
    )
