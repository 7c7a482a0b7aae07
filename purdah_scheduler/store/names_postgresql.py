"""The guards by which PostgreSQL itself says who did something: nobody writes in another person's name, whatever client they use.

The name comes from `session_user`, which SET ROLE and SECURITY DEFINER do not change. Whoever owns the tables, and the superuser,
are let pass: they could take the guards away. What they write is never `authenticated` in somebody else's name while the guards
stand, and what they rewrite shows against a checkpoint.
"""

from collections.abc import Mapping

DAEMON = "the daemon"
"""The person of what no person did: a login with the daemon's role may give it."""

_REFUSE = "RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = "


def _known(schema: str) -> str:
    """Who the session is: `who` (a person or NULL), whether it is the `keeper`, and whether it is a `sender` (a daemon)."""
    return (
        "me text := session_user; "
        f"who text := (SELECT person FROM {schema}.logins WHERE login = session_user); "
        "keeper boolean := pg_has_role(session_user, "
        f"(SELECT nspowner FROM pg_namespace WHERE nspname = '{schema}'), 'USAGE'); "
        "sender boolean := EXISTS (SELECT FROM pg_roles "
        "WHERE rolname = 'purdah_daemon' AND pg_has_role(session_user, oid, 'USAGE')); "
    )


def _own(schema: str, name: str) -> str:
    """Refuse unless the session may write `name`: its own person's, who is not suspended, or the daemon's."""
    return (
        f"IF NOT keeper AND NOT (sender AND {name} = '{DAEMON}') THEN "
        f"IF who IS NULL THEN {_REFUSE}'the login ' || me || ' stands for no person'; END IF; "
        f"IF {name} IS DISTINCT FROM who THEN "
        f"{_REFUSE}'the login ' || me || ' stands for ' || who || ' and for nobody else'; END IF; "
        f"IF EXISTS (SELECT FROM {schema}.suspensions WHERE person = who) THEN "
        f"{_REFUSE}'the login ' || me || ' stands for ' || who || ', who is suspended'; END IF; "
        "END IF; "
    )


_ASSURANCE = (
    # What the database knows, it says itself; a client's word for it counts for nothing.
    "IF NEW.assurance <> 'signed' THEN NEW.assurance := "
    "CASE WHEN who IS NOT NULL AND who = NEW.person THEN 'authenticated' ELSE 'claimed' END; END IF; "
)

_NAMED: Mapping[str, str] = {
    "posts": "NEW.created_by",
    "revisions": "NEW.author",
    "decisions": "NEW.person",
    "exemptions": "NEW.person",
    "pauses": "NEW.person",
    "suspensions": "NEW.by_person",
    "period_proposals": "NEW.person",
    "checklist_marks": "NEW.person",
    "foi_holds": "NEW.person",
    "break_glasses": "NEW.person",
}
"""Tables in which a new row bears a name, and where."""

_PROVEN = ("decisions", "exemptions")
"""Those whose rows say how surely the person was known."""


def functions(schema: str) -> dict[str, str]:
    """The bodies of the functions by name."""
    known = _known(schema)
    named = {
        f"{table}_in_own_name": (
            f"DECLARE {known}BEGIN {_own(schema, name)}{_ASSURANCE if table in _PROVEN else ''}RETURN NEW; END"
        )
        for table, name in _NAMED.items()
    }
    accepted = (
        f"EXISTS (SELECT FROM {schema}.period_proposals p WHERE p.answer = 'accepted' AND p.period = NEW.period "
        "AND p.action = NEW.action AND p.person = NEW.person AND p.answered_by = NEW.second)"
    )
    return {
        **named,
        # The second person writes the change, by the proposal that the first one made.
        "period_changes_in_own_name": (
            f"DECLARE {known}name text := coalesce(nullif(NEW.second, ''), NEW.person); BEGIN {_own(schema, 'name')}"
            f"IF NOT keeper AND NEW.second <> '' AND NOT {accepted} THEN "
            f"{_REFUSE}'nobody proposed this change'; END IF; RETURN NEW; END"
        ),
        "answers_in_own_name": f"DECLARE {known}BEGIN {_own(schema, 'NEW.answered_by')}RETURN NEW; END",
        "hold_released_in_own_name": (
            f"DECLARE {known}BEGIN IF NEW.released_by IS DISTINCT FROM OLD.released_by THEN "
            f"{_own(schema, 'NEW.released_by')}END IF; RETURN NEW; END"
        ),
        "break_glass_reviewed_in_own_name": (
            f"DECLARE {known}BEGIN IF NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by THEN "
            f"{_own(schema, 'NEW.reviewed_by')}END IF; RETURN NEW; END"
        ),
        "suspension_ended_by_another": (
            f"DECLARE {known}BEGIN {_own(schema, 'who')}"
            f"IF NOT keeper AND OLD.person = who THEN {_REFUSE}'nobody restores themselves'; END IF; RETURN OLD; END"
        ),
        "pause_ended_by_a_person": f"DECLARE {known}BEGIN {_own(schema, 'coalesce(who, OLD.person)')}RETURN OLD; END",
        # What signatures name, so that none counts in another queue.
        "instance_stays": (
            f"DECLARE {known}BEGIN IF OLD.name = 'instance' AND NOT keeper THEN {_REFUSE}'the id of the queue stays'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END"
        ),
        "audit_in_own_name": _audit(schema),
    }


def _audit(schema: str) -> str:
    """An entry is chained as the application chains it, bears the login that the database saw, and that login's person."""
    fields = (
        "ARRAY['purdah-audit-v1', NEW.seq::text, "
        "to_char(timestamp '1970-01-01' + NEW.at * interval '1 microsecond', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
        "NEW.action, coalesce(NEW.post::text, ''), coalesce(NEW.delivery::text, ''), NEW.public, NEW.commitment, NEW.prev]"
    )
    return (
        f"DECLARE {_known(schema)}field text; body bytea := ''; name text; BEGIN "
        f"FOREACH field IN ARRAY {fields} LOOP "
        "body := body || int4send(octet_length(convert_to(field, 'UTF8'))) || convert_to(field, 'UTF8'); END LOOP; "
        "IF encode(sha256(body), 'hex') IS DISTINCT FROM NEW.hash OR (NEW.private IS NULL) <> (NEW.salt IS NULL) "
        "OR (NEW.private IS NOT NULL AND NEW.commitment IS DISTINCT FROM "
        "encode(sha256(decode(NEW.salt, 'hex') || convert_to(NEW.private, 'UTF8')), 'hex')) THEN "
        "RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'the entry is not chained as it should be'; END IF; "
        "IF keeper THEN RETURN NEW; END IF; "
        "IF who IS NULL AND starts_with(NEW.action, 'decision.') THEN "
        f"{_REFUSE}'the login ' || me || ' stands for no person, and decides nothing'; END IF; "
        # A daemon's entries hold what platforms said, which need not be JSON that the database can take apart.
        f'IF sender AND position(\'"person":"{DAEMON}"\' IN NEW.private) > 0 '
        "AND position('\"login\":' || to_json(me)::text IN NEW.private) > 0 "
        "THEN RETURN NEW; END IF; "
        f"IF NEW.private IS NULL THEN {_REFUSE}'an entry without a person'; END IF; "
        f"name := NEW.private::jsonb ->> 'person'; {_own(schema, 'name')}"
        "IF NEW.private::jsonb ->> 'login' IS DISTINCT FROM me THEN "
        f"{_REFUSE}'an entry bears the login that the database saw'; END IF; RETURN NEW; END"
    )


TRIGGERS: tuple[tuple[str, str, str], ...] = (
    *((table, "INSERT", f"{table}_in_own_name") for table in _NAMED),
    ("period_changes", "INSERT", "period_changes_in_own_name"),
    ("period_proposals", "UPDATE", "answers_in_own_name"),
    ("foi_holds", "UPDATE", "hold_released_in_own_name"),
    ("break_glasses", "UPDATE", "break_glass_reviewed_in_own_name"),
    ("suspensions", "DELETE", "suspension_ended_by_another"),
    ("pauses", "DELETE", "pause_ended_by_a_person"),
    ("meta", "UPDATE", "instance_stays"),
    ("meta", "DELETE", "instance_stays"),
    ("audit", "INSERT", "audit_in_own_name"),
)
"""Table, event and function of each trigger of schema revision 0003, for each row before it is written."""

_NAMED_SINCE: Mapping[str, str] = {"readings": "NEW.person", "series": "NEW.person"}
"""The tables of revision 0004 in which a row bears a name, and where."""


def later_functions(schema: str) -> dict[str, str]:
    """The bodies of the functions that revision 0004 adds: whose row it is that is written or changed."""
    return {
        f"{table}_in_own_name": f"DECLARE {_known(schema)}BEGIN {_own(schema, name)}RETURN NEW; END"
        for table, name in _NAMED_SINCE.items()
    }


LATER_TRIGGERS: tuple[tuple[str, str, str], ...] = tuple(
    (table, event, f"{table}_in_own_name") for table in _NAMED_SINCE for event in ("INSERT", "UPDATE")
)
"""The same of revision 0004."""
