"""The guards of the record on PostgreSQL: the same promises as on SQLite, in its own words, and what is there to compare.

They stop mistakes, and everybody but the owner of the tables and the superuser: what those two do is seen by the comparison and
by the chain. Conditions stand in the functions, whose text PostgreSQL keeps to the letter.
"""

from collections.abc import Iterable, Iterator, Mapping

from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.store import names_postgresql

SCHEMA = "purdah"
"""The schema that holds everything; nothing is looked for in another one."""

CHANNEL = "purdah_changed"
"""Where a commit that put anything on record is told to whoever listens."""

_REFUSE = "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation';"
_ROW, _BEFORE = 1, 2
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
"""The bits of pg_trigger.tgtype."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One trigger without a condition: for each row, or for the statement where rows have no part in it."""

    name: str
    table: str
    event: str
    function: str
    before: bool = True
    each_row: bool = True

    @property
    def statement(self) -> str:
        """What makes it."""
        moment, level = "BEFORE" if self.before else "AFTER", "ROW" if self.each_row else "STATEMENT"
        return (
            f"CREATE TRIGGER {self.name} {moment} {self.event} ON {SCHEMA}.{self.table} "
            f"FOR EACH {level} EXECUTE FUNCTION {SCHEMA}.{self.function}()"
        )

    @property
    def known_as(self) -> str:
        """How the comparison names it."""
        return f"{self.name} on {self.table}"

    @property
    def shape(self) -> str:
        """How the catalogue describes it, in force and without a condition."""
        kind = _EVENTS[self.event] + _BEFORE * self.before + _ROW * self.each_row
        return f"{kind} O {SCHEMA}.{self.function}"


def _body(condition: str) -> str:
    return f"BEGIN IF {condition} THEN {_REFUSE} END IF; RETURN NEW; END"


def _altered(*columns: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"(({new}) IS DISTINCT FROM ({old}))"


_AUDIT = _altered("seq", "at", "action", "post", "delivery", "public", "commitment", "prev", "hash")
_ATTEMPT = _altered("delivery", "number", "intent_at", "owner")
_PROPOSAL = _altered("id", "period", "action", "instant", "reason", "person", "at", "shape", "seen")
_EXEMPTION = ("id", "post", "digest", "campaign", "answers", "person", "at", "expires_at", "assurance")
_REVOKED = f"OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL AND NOT {_altered(*_EXEMPTION, 'reason')}"
_REASON_ERASED = f"NEW.reason IS NOT DISTINCT FROM '' AND NOT {_altered(*_EXEMPTION, 'revoked_at')}"
_DECISION = _altered("id", "post", "revision", "person", "stage", "choice", "digest", "at", "assurance", "answers", "proof")
_HOLD = _altered("id", "reference", "post", "since", "until", "reason", "person", "at")
_BREAK_GLASS = _altered("id", "post", "digest", "revision", "person", "stages", "incident", "at")
_GENESIS = "0" * 64

_THIRD_FUNCTIONS: Mapping[str, str] = {
    **names_postgresql.functions(SCHEMA),
    "refuse": f"BEGIN {_REFUSE} END",
    # The outcome of an attempt is filled in once.
    "attempt_ends_once": _body(f"OLD.outcome <> '' OR NEW.outcome = '' OR {_ATTEMPT}"),
    # Erasing the personal part of an entry, with its salt, is the one change that the record allows.
    "audit_erases_only": _body(f"NEW.private IS NOT NULL OR NEW.salt IS NOT NULL OR {_AUDIT}"),
    "audit_in_order": (
        "DECLARE last record; BEGIN "
        f"SELECT seq, hash INTO last FROM {SCHEMA}.audit ORDER BY seq DESC LIMIT 1; "
        f"IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.prev <> coalesce(last.hash, '{_GENESIS}') THEN "
        "RAISE EXCEPTION USING MESSAGE = 'audit has no gaps', ERRCODE = 'restrict_violation'; "
        "END IF; RETURN NEW; END"
    ),
    "audit_tells": f"BEGIN PERFORM pg_notify('{CHANNEL}', ''); RETURN NULL; END",
    # A proposal is made without an answer and answered once, by somebody else unless it is taken back.
    "proposal_answered_once": _body(
        f"OLD.answer <> '' OR NEW.answer = '' OR (NEW.answer = 'accepted' AND NEW.answered_by = OLD.person) OR {_PROPOSAL}"
    ),
    # Everybody is told once, somebody else reviews it once, and the words of both can be erased.
    "break_glass_once": _body(
        f"{_BREAK_GLASS} OR (NEW.reason IS DISTINCT FROM OLD.reason AND NEW.reason IS DISTINCT FROM '') "
        "OR (OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at) OR (OLD.reviewed_at IS NOT NULL AND "
        f"({_altered('reviewed_by', 'reviewed_at')} "
        "OR (NEW.review IS DISTINCT FROM OLD.review AND NEW.review IS DISTINCT FROM '')))"
    ),
    # An exemption is revoked once, its reason can be erased, and nothing else of it changes.
    "exemption_revoked_once": _body(f"NOT (({_REVOKED}) OR ({_REASON_ERASED}))"),
    # The words that somebody gave as a reason can be erased; what was decided, by whom and on what stays as it is.
    "decision_erases_only": _body(f"NEW.reason IS DISTINCT FROM '' OR {_DECISION}"),
    "hold_released_once": _body(f"OLD.released_at IS NOT NULL OR NEW.released_at IS NULL OR {_HOLD}"),
    # A part of a thread goes out as the answer to the part before it, and to nothing else.
    "delivery_in_order": (
        "BEGIN IF NEW.state = 'sending' AND NEW.part > 1 THEN "
        f"IF NOT EXISTS (SELECT 1 FROM {SCHEMA}.deliveries "
        "WHERE post = NEW.post AND account = NEW.account AND revision = NEW.revision AND part = NEW.part - 1 "
        "AND state = 'published' AND remote_id <> '' AND remote_id = NEW.follows) THEN "
        "RAISE EXCEPTION USING MESSAGE = 'a part goes out after the part before it', ERRCODE = 'restrict_violation'; "
        "END IF; END IF; RETURN NEW; END"
    ),
}
"""The functions of schema revision 0003, with which PostgreSQL came: name to body. A shipped text is never edited."""

_FOURTH_FUNCTIONS: Mapping[str, str] = {**names_postgresql.later_functions(SCHEMA)}
"""The functions that schema revision 0004 adds."""

FUNCTIONS: Mapping[str, str] = {**_THIRD_FUNCTIONS, **_FOURTH_FUNCTIONS}
"""The functions of the newest schema revision: name to body."""


def _kept(table: str, *, change: str = "refuse") -> tuple[Trigger, ...]:
    """No row of `table` is deleted, and `change` says which may be changed: none, unless it names a function of its own."""
    return (
        Trigger(name=f"{table}_update", table=table, event="UPDATE", function=change),
        Trigger(name=f"{table}_no_delete", table=table, event="DELETE", function="refuse"),
        Trigger(name=f"{table}_no_truncate", table=table, event="TRUNCATE", function="refuse", each_row=False),
    )


def _named(whose: Iterable[tuple[str, str, str]]) -> Iterator[Trigger]:
    """Those by which the database says whose a row is."""
    for table, event, function in whose:
        yield Trigger(name=f"{table}_{event.lower()}_named", table=table, event=event, function=function)


_THIRD_TRIGGERS: tuple[Trigger, ...] = (
    *_kept("revisions"),
    *_kept("decisions", change="decision_erases_only"),
    *_kept("attempts", change="attempt_ends_once"),
    *_kept("audit", change="audit_erases_only"),
    Trigger(name="audit_in_order", table="audit", event="INSERT", function="audit_in_order"),
    Trigger(name="audit_tells", table="audit", event="INSERT", function="audit_tells", before=False, each_row=False),
    *_kept("period_changes"),
    *_kept("period_proposals", change="proposal_answered_once"),
    *_kept("exemptions", change="exemption_revoked_once"),
    *_kept("checklist_marks"),
    *_kept("foi_holds", change="hold_released_once"),
    *_kept("break_glasses", change="break_glass_once"),
    *_kept("look_ups"),
    *_kept("attachments"),
    Trigger(name="deliveries_in_order", table="deliveries", event="UPDATE", function="delivery_in_order"),
    *_named(names_postgresql.TRIGGERS),
)
"""The triggers of schema revision 0003."""

_FOURTH_TRIGGERS: tuple[Trigger, ...] = (
    *_named(names_postgresql.LATER_TRIGGERS),
    *_kept("series"),
    *_kept("series_posts"),
)
"""The triggers that schema revision 0004 adds."""

TRIGGERS: tuple[Trigger, ...] = (*_THIRD_TRIGGERS, *_FOURTH_TRIGGERS)
"""The triggers of the newest schema revision."""


def _statements(functions: Mapping[str, str], triggers: tuple[Trigger, ...]) -> tuple[str, ...]:
    made = (
        f"CREATE FUNCTION {SCHEMA}.{name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = pg_catalog, pg_temp AS $guard${body}$guard$"
        for name, body in functions.items()
    )
    return (*made, *(trigger.statement for trigger in triggers))


THIRD = _statements(_THIRD_FUNCTIONS, _THIRD_TRIGGERS)
"""What makes the guards of schema revision 0003."""

FOURTH = _statements(_FOURTH_FUNCTIONS, _FOURTH_TRIGGERS)
"""What makes those that schema revision 0004 adds."""

EXPECTED: Mapping[str, str] = {
    **{trigger.known_as: trigger.shape for trigger in TRIGGERS},
    **{f"{name}()": body for name, body in FUNCTIONS.items()},
}
"""What `FOUND` finds in a store that nobody altered."""

FOUND = f"""
SELECT concat(t.tgname, ' on ', c.relname) AS name,
       concat(t.tgtype, ' ', t.tgenabled, ' ', p.pronamespace::regnamespace, '.', p.proname,
              CASE WHEN t.tgqual IS NULL AND t.tgnargs = 0 AND t.tgattr = '' THEN '' ELSE ' narrowed' END) AS shape
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND (NOT t.tgisinternal OR t.tgenabled <> 'O')
UNION ALL
SELECT concat(p.proname, '()'),
       concat(p.prosrc, CASE WHEN l.lanname = 'plpgsql' AND NOT p.prosecdef
                               AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp'] THEN '' ELSE ' altered' END)
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = '{SCHEMA}'::regnamespace
UNION ALL
SELECT concat(r.rulename, ' on ', c.relname), 'rule'
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = '{SCHEMA}'::regnamespace
"""
"""Every trigger, function, rule and view of the schema (a view is kept as a rule), and constraints that somebody switched off."""
