"""The triggers that keep the record append-only on SQLite, and the comparison of what is there with what should be.

They stop mistakes, not an attacker who owns the file: dropping one is seen by the comparison, a rewritten row by the chain.
"""

from collections.abc import Mapping

_REFUSE = "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"


def _frozen(table: str, *, same: str) -> dict[str, str]:
    """No row of `table` can be changed, deleted, or replaced by INSERT OR REPLACE."""
    refuse = _REFUSE.format(table=table)
    return {
        f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        **_kept(table, same=same),
    }


def _kept(table: str, *, same: str) -> dict[str, str]:
    """No row of `table` can be deleted or replaced; `same` finds the row that an insert would replace."""
    refuse = _REFUSE.format(table=table)
    return {
        f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"{table}_no_replace": (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        ),
    }


def _unchanged(*columns: str) -> str:
    return " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)


_AUDIT_FIXED = _unchanged("seq", "at", "action", "post", "delivery", "public", "commitment", "prev", "hash")
_ATTEMPT_FIXED = _unchanged("delivery", "number", "intent_at", "owner")

FIRST: Mapping[str, str] = {
    **_frozen("revisions", same="post = NEW.post AND number = NEW.number"),
    **_frozen("decisions", same="id = NEW.id"),
    **_kept("attempts", same="delivery = NEW.delivery AND number = NEW.number"),
    # The outcome of an attempt is filled in once.
    "attempts_end_once": (
        "CREATE TRIGGER attempts_end_once BEFORE UPDATE ON attempts "
        f"WHEN OLD.outcome <> '' OR NEW.outcome = '' OR NOT ({_ATTEMPT_FIXED}) {_REFUSE.format(table='attempts')}"
    ),
    **_kept("audit", same="seq = NEW.seq OR hash = NEW.hash"),
    # Erasing the personal part of an entry, with its salt, is the one change that the record allows.
    "audit_erase_only": (
        "CREATE TRIGGER audit_erase_only BEFORE UPDATE ON audit "
        f"WHEN NEW.private IS NOT NULL OR NEW.salt IS NOT NULL OR NOT ({_AUDIT_FIXED}) {_REFUSE.format(table='audit')}"
    ),
    "audit_in_order": (
        "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit "
        "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) "
        "OR NEW.prev <> coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), "
        "'0000000000000000000000000000000000000000000000000000000000000000') "
        "BEGIN SELECT RAISE(ABORT, 'audit has no gaps'); END"
    ),
}
"""The triggers of schema revision 0001, by name. A shipped text is never edited: a later revision drops and adds."""

_PROPOSAL_FIXED = _unchanged("id", "period", "action", "instant", "reason", "person", "at", "shape", "seen")

SECOND: Mapping[str, str] = {
    **_frozen("period_changes", same="id = NEW.id"),
    **_kept("period_proposals", same="id = NEW.id"),
    # A proposal is made without an answer and answered once, by somebody else unless it is taken back.
    "period_proposals_answer_once": (
        "CREATE TRIGGER period_proposals_answer_once BEFORE UPDATE ON period_proposals "
        "WHEN OLD.answer <> '' OR NEW.answer = '' OR (NEW.answer = 'accepted' AND NEW.answered_by = OLD.person) "
        f"OR NOT ({_PROPOSAL_FIXED}) {_REFUSE.format(table='period_proposals')}"
    ),
}
"""The triggers that schema revision 0002 adds."""

_BREAK_GLASS_FIXED = _unchanged("id", "post", "digest", "revision", "person", "stages", "incident", "at")
_EXEMPTION = ("id", "post", "digest", "campaign", "answers", "person", "at", "expires_at", "assurance")
_REVOKED = f"OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL AND {_unchanged(*_EXEMPTION, 'reason')}"
_REASON_ERASED = f"NEW.reason IS '' AND {_unchanged(*_EXEMPTION, 'revoked_at')}"
_DECISION_FIXED = _unchanged(
    "id", "post", "revision", "person", "stage", "choice", "digest", "at", "assurance", "answers", "proof"
)
_HOLD_FIXED = _unchanged("id", "reference", "post", "since", "until", "reason", "person", "at")

REPLACED = ("decisions_no_update",)
"""The triggers of revision 0001 that 0003 takes away: another of its own does their work."""

THIRD: Mapping[str, str] = {
    **_kept("exemptions", same="id = NEW.id"),
    # An exemption is revoked once, its reason can be erased, and nothing else of it changes.
    "exemptions_revoke_once": (
        "CREATE TRIGGER exemptions_revoke_once BEFORE UPDATE ON exemptions "
        f"WHEN NOT ({_REVOKED} OR {_REASON_ERASED}) {_REFUSE.format(table='exemptions')}"
    ),
    # The words that somebody gave as a reason can be erased; what was decided, by whom and on what stays as it is.
    "decisions_erase_only": (
        "CREATE TRIGGER decisions_erase_only BEFORE UPDATE ON decisions "
        f"WHEN NEW.reason IS NOT '' OR NOT ({_DECISION_FIXED}) {_REFUSE.format(table='decisions')}"
    ),
    **_kept("foi_holds", same="id = NEW.id"),
    "foi_holds_release_once": (
        "CREATE TRIGGER foi_holds_release_once BEFORE UPDATE ON foi_holds "
        f"WHEN OLD.released_at IS NOT NULL OR NEW.released_at IS NULL OR NOT ({_HOLD_FIXED}) {_REFUSE.format(table='foi_holds')}"
    ),
    **_frozen("checklist_marks", same="id = NEW.id"),
    **_kept("break_glasses", same="id = NEW.id"),
    # Everybody is told once, somebody else reviews it once, and the words of both can be erased.
    "break_glasses_once": (
        "CREATE TRIGGER break_glasses_once BEFORE UPDATE ON break_glasses "
        f"WHEN NOT ({_BREAK_GLASS_FIXED}) OR (NEW.reason IS NOT OLD.reason AND NEW.reason IS NOT '') "
        "OR (OLD.told_at IS NOT NULL AND NEW.told_at IS NOT OLD.told_at) OR (OLD.reviewed_at IS NOT NULL "
        f"AND NOT ({_unchanged('reviewed_by', 'reviewed_at')} AND (NEW.review IS OLD.review OR NEW.review IS ''))) "
        f"{_REFUSE.format(table='break_glasses')}"
    ),
    **_frozen("look_ups", same="id = NEW.id"),
    # A part of a thread goes out as the answer to the part before it, and to nothing else.
    "deliveries_in_order": (
        "CREATE TRIGGER deliveries_in_order BEFORE UPDATE ON deliveries "
        "WHEN NEW.state = 'sending' AND NEW.part > 1 AND NOT EXISTS (SELECT 1 FROM deliveries "
        "WHERE post = NEW.post AND account = NEW.account AND revision = NEW.revision AND part = NEW.part - 1 "
        "AND state = 'published' AND remote_id <> '' AND remote_id = NEW.follows) "
        "BEGIN SELECT RAISE(ABORT, 'a part goes out after the part before it'); END"
    ),
}
"""The triggers that schema revision 0003 adds."""

FOURTH: Mapping[str, str] = {**_frozen("series", same="id = NEW.id"), **_frozen("series_posts", same="post = NEW.post")}
"""The triggers that schema revision 0004 adds."""

EXPECTED = {name: text for name, text in {**FIRST, **SECOND, **THIRD, **FOURTH}.items() if name not in REPLACED}
"""The triggers of the newest schema revision."""


def differences(
    found: Mapping[str, str],
    expected: Mapping[str, str] = EXPECTED,
    *,
    ours: str = "guard",
    strange: str = "trigger or view",
) -> tuple[str, ...]:
    """One sentence for each thing (name to text) that is missing, altered or not ours; `ours` and `strange` say what they are."""
    faults = [f"The {ours} “{name}” is missing." for name in sorted(expected.keys() - found.keys())]
    faults += [f"There is an unexpected {strange} “{name}”." for name in sorted(found.keys() - expected.keys())]
    faults += [
        f"The {ours} “{name}” was altered." for name in sorted(expected.keys() & found.keys()) if found[name] != expected[name]
    ]
    return tuple(faults)
