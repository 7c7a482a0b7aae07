"""Attacks on a real server: no member and no daemon, whatever client they use, writes in another person's name.

Bede and Mallory each have a login of their own; each attack is tried with psql's means, past the application, and the record
verifies afterwards. What the owner of the tables can do all the same is said by the last tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from purdah_scheduler import bootstrap
from purdah_scheduler.application import deciding, linking, reading, writing
from purdah_scheduler.application.outcomes import DAEMON
from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.audit import NewEntry, chain, verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import NotAllowed, WhoAreYou
from purdah_scheduler.store import names_postgresql, roles_postgresql
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.postgresql import open_store
from tests import houses
from tests.postgresql import Server

LOGINS = {
    "l_asha": ("asha", roles_postgresql.MEMBER),
    "l_bede": ("bede", roles_postgresql.MEMBER),
    "l_carys": ("carys", roles_postgresql.MEMBER),
    "l_nobody": ("", roles_postgresql.MEMBER),
    "l_daemon": ("", roles_postgresql.DAEMON),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A department on a server: the keeper's house, and the same house as each login has it."""

    server: Server
    database: str
    keeper: houses.House
    post: int

    def as_login(self, login: str) -> houses.House:
        """The house as that login opens it."""
        config = replace(self.keeper.config, store_url=self.server.url(self.database, login))
        return houses.House(config=config, office=bootstrap.open_office(config))

    def sql(self, login: str, *statements: str) -> list[tuple[object, ...]]:
        """What somebody types into psql."""
        return self.server.sql("SET search_path = purdah", *statements, database=self.database, login=login)

    def refused(self, login: str, *statements: str) -> str:
        """The server's words, where it says no to the last of these."""
        try:
            self.sql(login, *statements)
        except psycopg.Error as fault:
            return str(fault)
        return ""

    def standing(self) -> PostState:
        """What the post is called now."""
        return self.keeper.view(self.post).post.state


@pytest.fixture
def team(postgresql: Server, tmp_path: Path) -> Iterator[Team]:
    with postgresql.database() as name:
        for login, (_, role) in LOGINS.items():
            missing = f"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{login}')"
            roles_postgresql.grant(postgresql.url(name))
            postgresql.sql(f"DO $$ BEGIN IF {missing} THEN CREATE ROLE {login} LOGIN; END IF; END $$", f"GRANT {role} TO {login}")
        keeper = houses.build(tmp_path / "house", store_url=postgresql.url(name))
        for login, (person, _) in LOGINS.items():
            if person:
                linking.link(keeper.office, keeper.actor("dougal"), login, person)
        team = Team(server=postgresql, database=name, keeper=keeper, post=0)
        asha = team.as_login("l_asha")
        actor = bootstrap.make_actor(asha.config, asha.office.store, None, face="cli")
        draft = writing.Draft(accounts=("outbox",), text="The ferry runs again.", category="operational-service")
        post = writing.new_post(asha.office, actor, draft)
        writing.submit(asha.office, actor, post)
        asha.office.store.close()
        yield replace(team, post=post)
        keeper.office.store.close()


def decision(person: str = "bede", assurance: str = "authenticated", choice: str = "approve", proof: str = "") -> str:
    return (
        "INSERT INTO decisions (post, revision, person, stage, choice, digest, at, assurance, reason, answers, proof) "
        f"SELECT post, number, '{person}', 'approval', '{choice}', digest, at + 1, '{assurance}', '', '', '{proof}' "
        "FROM revisions"
    )


def entry(team: Team, *, person: str, login: str, action: str = "decision.approve", assurance: str = "authenticated") -> str:
    """A well-made next entry of the record, as a forger who knows the program would write it."""
    with team.keeper.office.store.read() as reader:
        last = next(iter(reader.entries(newest_first=True, limit=1)))
    made = chain(
        NewEntry(
            action=action,
            at=team.keeper.office.now(),
            post=team.post,
            public={"assurance": assurance},
            private={"person": person, **({"login": login} if login else {})},
        ),
        seq=last.seq + 1,
        prev=last.hash,
        salt="ab" * 16,
    )
    at = int(made.at.timestamp()) * 1_000_000 + made.at.microsecond
    return (
        "INSERT INTO audit (seq, at, action, post, public, private, salt, commitment, prev, hash) VALUES "
        f"({made.seq}, {at}, '{made.action}', {made.post}, '{made.public}', '{made.private}', '{made.salt}', "
        f"'{made.commitment}', '{made.prev}', '{made.hash}')"
    )


def test_a_decision_under_a_login_is_authenticated_by_the_database_and_clears(team: Team) -> None:
    bede = team.as_login("l_bede")
    actor = bootstrap.make_actor(bede.config, bede.office.store, None, face="cli")
    assert (actor.person.id, actor.assurance) == ("bede", Assurance.AUTHENTICATED)
    code = short(bede.view(team.post).digest)
    state = deciding.decide(bede.office, actor, team.post, stage="approval", choice=Choice.APPROVE, typed_digest=code)
    assert state is PostState.CLEARED
    view = post_view(bede.office, team.post)
    assert view.decisions[0].decision.assurance is Assurance.AUTHENTICATED
    assert (view.history[-1].facts["person"], view.history[-1].facts["login"]) == ("bede", "l_bede")
    bede.office.store.close()
    assert team.keeper.record_is_whole()


def test_nobody_acts_as_another_or_under_a_login_that_stands_for_nobody(team: Team) -> None:
    bede = team.as_login("l_bede")
    with pytest.raises(WhoAreYou, match="stands for bede, who does not act as carys"):
        bootstrap.make_actor(bede.config, bede.office.store, "carys", face="cli")
    bede.office.store.close()
    nobody = team.as_login("l_nobody")
    with pytest.raises(WhoAreYou, match="The login l_nobody of the database stands for no person"):
        bootstrap.make_actor(nobody.config, nobody.office.store, "bede", face="cli")
    with pytest.raises(NotAllowed, match="l_nobody stands for no person"):
        nobody.draft("In nobody's name.")
    nobody.office.store.close()


ATTACKS = {
    "a forged decision": (decision("carys"), "stands for asha and for nobody else"),
    "a forged signature is still in somebody's name": (decision("carys", "signed"), "stands for asha and for nobody else"),
    "a claimed decision of another": (decision("carys", "claimed"), "stands for asha and for nobody else"),
    "a revision in another's name": (
        (
            "INSERT INTO revisions (post, number, content, digest, author, at) "
            "SELECT post, number + 1, content, digest, 'carys', at FROM revisions"
        ),
        "stands for asha",
    ),
    "a post in another's name": (
        (
            "INSERT INTO posts (title, state, revision, created_by, created_at, row_version, sort_at) "
            "VALUES ('x', 'draft', 1, 'carys', 1, 1, 1)"
        ),
        "stands for asha",
    ),
    "an exemption in another's name": (
        "INSERT INTO exemptions (post, digest, answers, person, reason, at, expires_at) VALUES (1, '', '', 'carys', 'x', 1, 2)",
        "stands for asha",
    ),
    "a suspension in another's name": (
        "INSERT INTO suspensions (person, by_person, at) VALUES ('bede', 'dougal', 1)",
        "stands for asha",
    ),
    "a change that nobody proposed": (
        (
            "INSERT INTO period_changes (period, action, reason, person, at, second, shape) "
            "VALUES ('x', 'lift', '', 'carys', 1, 'asha', '')"
        ),
        "nobody proposed this change",
    ),
    "an edited decision": ("UPDATE decisions SET person = 'asha'", "permission denied"),
    "an edited author": ("UPDATE revisions SET author = 'carys'", "permission denied"),
    "a deleted decision": ("DELETE FROM decisions", "permission denied"),
    "an emptied table": ("TRUNCATE decisions", "permission denied"),
    "an erased entry": ("UPDATE audit SET private = NULL, salt = NULL", "permission denied"),
    "a role that is not one's own": (f"SET ROLE {roles_postgresql.OWNER}", "permission denied to set role"),
    "another's login": ("SET SESSION AUTHORIZATION l_carys", "permission denied to set session authorization"),
    "the superuser": ("SET SESSION AUTHORIZATION postgres", "permission denied"),
    "triggers out of force": ("SET session_replication_role = replica", "permission denied"),
    "a trigger taken off": ("ALTER TABLE decisions DISABLE TRIGGER ALL", "must be owner"),
    "a guard dropped": ("DROP TRIGGER decisions_insert_named ON decisions", "must be owner"),
    "a guard replaced": (
        "CREATE OR REPLACE FUNCTION purdah.decisions_in_own_name() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "permission denied",
    ),
    "a rule instead": ("CREATE RULE x AS ON INSERT TO decisions DO INSTEAD NOTHING", "must be owner"),
    "a guard called by hand": ("SELECT purdah.decisions_in_own_name()", "permission denied"),
    "a link to another person": ("INSERT INTO logins VALUES ('l_asha2', 'carys', 1)", "permission denied"),
    "one's own link changed": ("UPDATE logins SET person = 'carys' WHERE login = 'l_asha'", "permission denied"),
    "the id of the queue changed": ("DELETE FROM meta WHERE name = 'instance'", "the id of the queue stays"),
    "a schema of one's own": ("CREATE SCHEMA mine", "permission denied"),
}


@pytest.fixture(scope="module")
def battlefield(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """One team for all the attacks that change nothing."""
    yield from team.__wrapped__(postgresql, tmp_path_factory.mktemp("battle"))  # type: ignore[attr-defined]  # the fixture's own


@pytest.mark.parametrize(("attack", "said"), ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("login", ["l_asha", "l_nobody", "l_daemon"])
def test_what_a_member_or_the_daemon_forges_is_refused(battlefield: Team, login: str, attack: str, said: str) -> None:
    words = battlefield.refused(login, attack)
    assert words, f"{login} got through"
    if login == "l_asha":
        assert said in words
    assert battlefield.standing() is PostState.IN_REVIEW
    assert battlefield.keeper.record_is_whole()


def test_a_member_decides_in_the_own_name_alone_and_the_gate_weighs_that(battlefield: Team) -> None:
    """Asha wrote the post: her own decision is taken by the database as hers, and counts for nothing."""
    battlefield.sql("l_asha", decision("asha", "claimed"))
    view = battlefield.keeper.view(battlefield.post)
    assert view.decisions[-1].decision.assurance is Assurance.AUTHENTICATED
    assert view.decisions[-1].why_not == "this person wrote a revision"
    assert not view.standing.counting


def test_tables_of_the_session_and_its_search_path_deceive_no_guard(battlefield: Team) -> None:
    assert "stands for asha" in battlefield.refused(
        "l_asha",
        "CREATE TEMP TABLE logins (login text, person text, at bigint)",
        "INSERT INTO pg_temp.logins VALUES ('l_asha', 'carys', 1)",
        "CREATE TEMP TABLE pg_namespace AS SELECT * FROM pg_catalog.pg_namespace",
        "SET search_path = pg_temp, purdah, pg_catalog",
        decision("carys").replace("INTO decisions", "INTO purdah.decisions"),
    )
    assert "stands for asha" in battlefield.refused(
        "l_asha",
        "CREATE FUNCTION pg_temp.pg_has_role(name, oid, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "SET search_path = pg_temp, purdah, pg_catalog",
        decision("carys").replace("INTO decisions", "INTO purdah.decisions"),
    )


def test_an_entry_of_the_record_is_in_the_own_name_with_the_own_login_and_well_chained(battlefield: Team) -> None:
    forged = {
        "stands for asha": entry(battlefield, person="carys", login="l_asha"),
        "bears the login that the database saw": entry(battlefield, person="asha", login="l_carys"),
        "bears the login": entry(battlefield, person="asha", login=""),
        "not chained as it should be": entry(battlefield, person="asha", login="l_asha").replace("'decision.approve'", "'x'"),
    }
    for said, statement in forged.items():
        assert said in battlefield.refused("l_asha", statement), said
    without = entry(battlefield, person="asha", login="l_asha")
    hidden = without.replace("private, salt,", "").replace(f"'{'ab' * 16}', ", "")
    assert battlefield.refused("l_asha", hidden)
    for person in ("carys", "asha", DAEMON):
        assert battlefield.refused("l_daemon", entry(battlefield, person=person, login="l_daemon")), person
    assert battlefield.keeper.record_is_whole()
    battlefield.sql("l_daemon", entry(battlefield, person=DAEMON, login="l_daemon", action="delivery.claimed"))
    battlefield.sql("l_asha", entry(battlefield, person="asha", login="l_asha", action="post.edited"))
    assert battlefield.keeper.record_is_whole()


def test_a_suspended_member_writes_nothing_and_does_not_restore_themselves(team: Team) -> None:
    from purdah_scheduler.application.stopping import suspend

    suspend(team.keeper.office, team.keeper.actor("dougal"), "bede")
    assert "bede, who is suspended" in team.refused("l_bede", decision("bede"))
    assert "bede, who is suspended" in team.refused("l_bede", "DELETE FROM suspensions")
    suspend(team.keeper.office, team.keeper.actor("dougal"), "carys")
    assert team.refused("l_carys", "DELETE FROM suspensions WHERE person = 'carys'")


def test_an_answer_is_given_in_the_own_name(team: Team) -> None:
    propose = (
        "INSERT INTO period_proposals (period, action, reason, person, at, shape, seen) "
        "VALUES ('x', 'lift', 'over', 'asha', 1, '', 0)"
    )
    team.sql("l_asha", propose)
    accept = "UPDATE period_proposals SET answer = 'accepted', answered_at = 2, answered_by = '{}'"
    assert "stands for bede" in team.refused("l_bede", accept.format("carys"))
    assert team.refused("l_asha", accept.format("asha"))
    team.sql("l_bede", accept.format("bede"))


def test_every_table_that_bears_a_name_has_its_guard() -> None:
    """A new table with a person in it is found here."""
    bearing = {"person", "author", "created_by", "by_person", "answered_by", "released_by"}
    tables = {table.name for table in metadata.sorted_tables if bearing & {column.name for column in table.columns}}
    guarded = (*names_postgresql.TRIGGERS, *names_postgresql.LATER_TRIGGERS)
    assert tables - {"logins"} == {table for table, event, _ in guarded if event == "INSERT"} - {"audit"}
    assert names_postgresql.DAEMON == DAEMON


def test_what_the_owner_can_do_is_never_authenticated_and_what_is_rewritten_shows(team: Team) -> None:
    """Whoever owns the tables takes the guards away: that shows at once, and a rewritten record shows against a checkpoint."""
    team.sql("postgres", decision("carys", "authenticated"))
    with team.keeper.office.store.read() as reader:
        assert reader.decisions(team.post)[-1].assurance is Assurance.CLAIMED
        before = verify(reader.entries())
    team.sql("postgres", "ALTER TABLE decisions DISABLE TRIGGER ALL")
    store = open_store(team.server.url(team.database))
    assert "decisions_insert_named on decisions” was altered" in " ".join(store.notes())
    store.close()
    team.sql("postgres", "ALTER TABLE decisions ENABLE TRIGGER ALL", "SET session_replication_role = replica; DELETE FROM audit")
    with team.keeper.office.store.read() as reader:
        assert verify(reader.entries()).entries == 0 != before.entries


def test_a_member_says_what_they_have_read_and_nobody_says_it_for_them(team: Team) -> None:
    read = f"INSERT INTO readings VALUES ({team.post}, '{{}}', 1, 0, 1)"
    assert "stands for bede and for nobody else" in team.refused("l_bede", read.format("carys"))
    assert "stands for no person" in team.refused("l_nobody", read.format("carys"))
    assert team.refused("l_daemon", read.format("bede"))
    team.sql("l_bede", read.format("bede"), "UPDATE readings SET comment = 3 WHERE person = 'bede'")
    assert "stands for carys" in team.refused("l_carys", "UPDATE readings SET revision = 9 WHERE person = 'bede'")
    for attack in ("UPDATE readings SET person = 'carys'", "DELETE FROM readings", "TRUNCATE readings"):
        assert "permission denied" in team.refused("l_bede", attack), attack


def test_a_series_bears_the_name_of_who_made_it_and_nobody_alters_it(team: Team) -> None:
    made = f"INSERT INTO series (source, rule, person, at) VALUES ({team.post}, 'FREQ=DAILY', '{{}}', 1)"
    assert "stands for bede and for nobody else" in team.refused("l_bede", made.format("carys"))
    assert team.refused("l_daemon", made.format("bede"))
    team.sql("l_bede", made.format("bede"), f"INSERT INTO series_posts SELECT {team.post}, max(id), 1 FROM series")
    for attack in ("UPDATE series SET rule = 'x'", "DELETE FROM series_posts", "UPDATE series_posts SET number = 2"):
        assert "permission denied" in team.refused("l_bede", attack), attack


def test_a_login_that_may_change_nothing_reads_all_the_same_and_is_told_that_it_is_not_kept(team: Team) -> None:
    nobody, bede = team.as_login("l_nobody"), team.as_login("l_bede")
    assert not reading.has_read(nobody.office, nobody.actor("carys"), team.post, 1)
    assert reading.has_read(bede.office, bede.actor("bede"), team.post, 1)
    with team.keeper.office.store.read() as reader:
        assert [one.person for one in reader.readings()] == ["asha", "bede"]
    nobody.office.store.close()
    bede.office.store.close()
