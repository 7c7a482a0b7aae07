"""What is read from the table of keys: bindings, footer and help; the configuration rebinds it by id."""

from collections.abc import Iterable, Mapping

from textual.binding import Binding

from purdah_scheduler.errors import ConfigFaults
from purdah_scheduler.mistyped import nearest
from purdah_scheduler.tui.key_table import IN_ORDER, KEYS, Key

FOOTERS: Mapping[str, tuple[str, ...]] = {
    "queue": ("list.clear", "post.open", "post.new", "post.edit", "post.move", "list.filter", "app.leave"),
    "post": ("app.back", "post.review", "post.edit", "post.schedule", "post.move", "app.leave"),
    "review": ("review.approve", "review.changes", "review.exempt", "post.as_read", "review.next", "app.leave"),
    "calendar": (
        "post.open",
        "agenda.open",
        "listed.open",
        "agenda.leave",
        "explained.leave",
        "calendar.explain",
        "calendar.view",
        "calendar.what_if",
        "post.new",
        "post.move",
        "calendar.next",
    ),
    "checklist": ("checklist.tick", "checklist.note", "post.open", "checklist.day", "checklist.next", "app.back"),
    "periods": (
        "list.clear",
        "period.open",
        "period.declare",
        "period.dates",
        "period.what_if",
        "period.accept",
        "list.filter",
    ),
    "audit": (
        "list.clear",
        "post.open",
        "list.filter",
        "go.date",
        "audit.verify",
        "audit.export",
        "app.copy",
    ),
    "accounts": (
        "accounts.posts",
        "accounts.pause",
        "accounts.check",
        "accounts.sign_in",
        "accounts.people",
        "daemon.stop",
        "app.leave",
    ),
    "people": ("app.back", "people.suspend", "people.restore", "daemon.stop", "app.leave"),
    "daemon": ("post.open", "daemon.doctor", "daemon.follow", "daemon.copy", "daemon.stop", "app.leave"),
    "compose": ("compose.save", "compose.submit", "post.as_read", "compose.past", "app.back"),
    "help": ("review.down", "review.up", "move.page_down", "app.back"),
}
"""Which keys the footer of a screen shows, the most wanted first; Help is always the last and never left out."""

HELP_IDS = ("app.help", "app.help_field")


def bindings(scope: str) -> list[Binding]:
    """The bindings of a screen, or of the application (`app`)."""
    return [
        Binding(
            key.keys,
            key.action,
            key.words,
            tooltip=key.tooltip,
            id=key.id,
            show=key.id in FOOTERS.get(scope, ()),
            priority=scope in IN_ORDER or key.before_field,
        )
        for key in of(scope)
    ]


def of(scope: str) -> tuple[Key, ...]:
    """The keys of a screen, in the order of the table."""
    return tuple(key for key in KEYS if scope in key.scopes)


def check_keymap(keymap: Mapping[str, str], where: str) -> None:
    """Raise ConfigFaults for ids that do not exist and for keys that would then mean two things on one screen."""
    known = {key.id for key in KEYS}
    faults = []
    for binding in keymap:
        if binding not in known:
            near = nearest(binding, known)
            hint = f" Did you mean {near}?" if near else ""
            faults.append(f"{where}: [keymap] has {binding!r}, which is not the id of a key.{hint}")
    for scope in sorted({scope for key in KEYS for scope in key.scopes}):
        faults.extend(f"{where}: [keymap] {clash}" for clash in _clashes(scope, keymap))
    if faults:
        raise ConfigFaults(list(dict.fromkeys(faults)))


def shown(keys: str) -> str:
    """Keys as people read them: `slash` is `/`, `ctrl+s` is `^s`; only the first of several."""
    return names(keys)[0]


def names(keys: str) -> list[str]:
    """Every one of several keys as people read it."""
    return [_NAMES.get(key, key.replace("ctrl+", "^")) for key in keys.split(",")]


def _clashes(scope: str, keymap: Mapping[str, str]) -> Iterable[str]:
    taken: dict[str, str] = {}
    for key in (*of(scope), *of("app")):
        for one in keymap.get(key.id, key.keys).split(","):
            other = taken.setdefault(one, key.id)
            if other != key.id and (other in keymap or key.id in keymap):
                yield f"gives {shown(one)} to both {other} and {key.id}."


_NAMES = {
    "slash": "/",
    "escape": "esc",
    "question_mark": "?",
    "exclamation_mark": "!",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "full_stop": ".",
    "comma": ",",
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "dollar_sign": "$",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
}
