"""What the configuration refuses: each fault in one sentence on its line, all of them at once."""

import re
from pathlib import Path

import pytest

from purdah_scheduler.config import parse_config
from purdah_scheduler.errors import ConfigFaults
from tests.config.documents import ACCOUNT, DEPARTMENT, PEOPLE, STAGE, WHOLE, X_ACCOUNT, faults, only_fault, parse

REFUSED = {
    "an unknown section": (WHOLE + "[deamon]\n", r"19: 'deamon' is not known as a section; did you mean daemon\?"),
    "an unknown key": (WHOLE + "[store]\npaht = 'x'\n", r"20: 'paht' is not known in \[store\]; did you mean path\?"),
    "an unknown key of a person": (
        WHOLE + '[[person]]\nid="e"\nname="E"\nroles=["viewer"]\nos_user=["e"]',
        r"23: 'os_user' is not known in \[\[person\]\]; did you mean os_users\?",
    ),
    "an unknown role": (WHOLE.replace('["author"]', '["autor"]'), r"6: there is no role 'autor'; did you mean author\?"),
    "a person without a role": (WHOLE.replace('["author"]', "[]"), "6: asha has no role"),
    "a missing name": (WHOLE.replace('name = "Asha"\n', ""), r"3: \[\[person\]\] has no name"),
    "an empty name": (WHOLE.replace('"Asha"', '"  "'), "5: name is empty"),
    "a hidden character": (
        WHOLE.replace('"Asha"', '"As\\u202eha"'),
        "5: name holds a character that cannot be shown, at position 3",
    ),
    "a terminal sequence": (
        WHOLE.replace('"Asha"', '"\\u001b[31m"'),
        "5: name holds a character that cannot be shown, at position 1",
    ),
    "a name with two lines": (
        WHOLE.replace('"Asha"', '"""\nA\nB"""'),
        "5: name holds a character that cannot be shown, at position 2",
    ),
    "an unsafe id": (WHOLE.replace('"main"', '"../main"'), "15: '../main' cannot be an id"),
    "a capital in an id": (WHOLE.replace('"asha"', '"Asha"'), "4: 'Asha' cannot be an id"),
    "an id of 65 characters": (WHOLE.replace('"main"', f'"{"a" * 65}"'), "15: .* cannot be an id"),
    "an id that is taken": (WHOLE + ACCOUNT, "20: the id main is already that of another account"),
    "a person's id that is taken": (WHOLE.replace('"carys"', '"asha"'), "8: the id asha is already that of another person"),
    "the id sign-off": (WHOLE.replace('"approval"', '"sign-off"'), "12: sign-off is the product's own word"),
    "a stage for an unknown account": (
        WHOLE.replace(STAGE, STAGE + 'accounts = ["mian"]\n'),
        r"14: there is no account 'mian'; did you mean main\?",
    ),
    "an assurance that cannot be had": (
        WHOLE.replace(STAGE, STAGE + 'min_assurance = "signed"\n'),
        r"13: stage approval needs a person with the role approver and a key and the file has none",
    ),
    "a login where there are none": (
        WHOLE.replace(STAGE, STAGE + 'min_assurance = "authenticated"\n'),
        r"14: only a PostgreSQL server can know people by their logins, .*\[store\] url",
    ),
    "an exemption that would have to be signed": (
        WHOLE.replace(STAGE, '[clearance]\nexemption_assurance = "signed"\n' + STAGE),
        r"12: exemption_assurance cannot be signed: it is decisions and sign-offs that are signed\.",
    ),
    "no people asked for": (WHOLE.replace(STAGE, STAGE + "people = 0\n"), "14: people is 0; it must be from 1 to 10"),
    "an unknown channel": (WHOLE.replace('"outbox"', '"outbx"'), r"16: there is no channel 'outbx'; did you mean outbox\?"),
    "an unknown body": (
        WHOLE.replace('"uk-civil-service"', '"uk-civil-servant"'),
        r"18: there is no body 'uk-civil-servant'; did you mean uk-civil-service\?",
    ),
    "a role for an unknown body": (
        WHOLE + '[clearance.sign_off]\nlocal-authorty = "approver"\n',
        r"20: 'local-authorty' is not known in \[clearance.sign_off\]; did you mean local-authority\?",
    ),
    "an unknown role for a body": (
        WHOLE + '[clearance.exemption]\nopcc = "aprover"\n',
        r"20: there is no role 'aprover'; did you mean approver\?",
    ),
    "a role for a body that nobody has": (
        WHOLE + '[clearance.sign_off]\nopcc = "viewer"\n',
        "20: nobody has the role viewer, which opcc asks for",
    ),
    "a table by body that is none": (
        WHOLE.replace(STAGE, '[clearance]\nsign_off = "approver"\n' + STAGE),
        "12: sign_off must be a table",
    ),
    "an unknown nation": (WHOLE + 'nation = "Wale"\n', r"19: there is no nation 'Wale'; did you mean Wales\?"),
    "a kind that the body cannot have": (
        WHOLE + 'kind = "nhs"\n',
        "19: an account of kind nhs cannot belong to the body uk-civil-service",
    ),
    "an outbox with an address": (WHOLE + 'base_url = "https://example.org"\n', "19: base_url means nothing on the outbox"),
    "an outbox with credentials": (WHOLE + 'credentials = "x"\n', "19: credentials mean nothing on the outbox"),
    "replies on the outbox": (WHOLE + 'replies = "verified"\n', "19: who may reply can only be chosen on X"),
    "categories on the outbox": (WHOLE + 'categories = ["News"]\n', "19: only a blog on WordPress has categories"),
    "an unknown choice of who may reply": (
        WHOLE + 'replies = "nobody"\n',
        "19: there is no choice of who may reply 'nobody'; known are: everyone",
    ),
    "an X account without credentials": (
        WHOLE + X_ACCOUNT.replace('credentials = "x-main.toml"\n', ""),
        "19: an account on X needs credentials",
    ),
    "a handle that X cannot have": (
        WHOLE + X_ACCOUNT.replace("@Tides_UK", "tides.gov.uk"),
        "22: 'tides.gov.uk' cannot be a handle on X",
    ),
    "an unencrypted address": (
        WHOLE + X_ACCOUNT + 'base_url = "http://example.org"\n',
        "25: 'http://example.org' would send tokens unencrypted",
    ),
    "an address that only looks like loopback": (
        WHOLE + X_ACCOUNT + 'base_url = "http://127.0.0.1.example.org"\n',
        "25: .* would send tokens unencrypted",
    ),
    "an address with a loopback name in front": (
        WHOLE + X_ACCOUNT + 'base_url = "http://localhost@example.org"\n',
        "25: .* is not a plain address",
    ),
    "an address with a path": (WHOLE + X_ACCOUNT + 'base_url = "https://example.org/api"\n', "25: .* is not a plain address"),
    "an address with a query": (WHOLE + X_ACCOUNT + 'base_url = "https://example.org?a"\n', "25: .* is not a plain address"),
    "an address with an impossible port": (
        WHOLE + X_ACCOUNT + 'base_url = "https://example.org:65536"\n',
        "25: .* is not a plain address",
    ),
    "an address in letters that only look Latin": (
        WHOLE + X_ACCOUNT + 'base_url = "https://ex\u0430mple.org"\n',
        "25: .* is not a plain address",
    ),
    "an address of another kind": (
        WHOLE + X_ACCOUNT + 'base_url = "ftp://example.org"\n',
        "25: 'ftp://example.org' is not a plain address",
    ),
    "an address with a password": (WHOLE + X_ACCOUNT + 'base_url = "https://a:b@example.org"\n', "25: .* is not a plain address"),
    "an address with a bad port": (WHOLE + X_ACCOUNT + 'base_url = "https://example.org:x"\n', "25: .* is not a plain address"),
    "an unprotected address of Every Election": (
        WHOLE + '[calendar]\nevery_election_url = "http://example.org"\n',
        "20: 'http://example.org' is not protected",
    ),
    "an address of Every Election with a path": (
        WHOLE + '[calendar]\nevery_election_url = "https://example.org/api"\n',
        "20: .* is not a plain address",
    ),
    "a server without a database": (WHOLE + '[store]\nurl = "postgresql://db"\n', "20: .* is not the address of a database"),
    "another kind of server": (WHOLE + '[store]\nurl = "mysql://db/x"\n', "20: .* is not the address of a database"),
    "a password": (
        WHOLE + '[store]\nurl = "postgresql://ada:s3cret@localhost/x"\n',
        "20: a password in this file would be known",
    ),
    "a password further on": (
        WHOLE + '[store]\nurl = "postgresql://ada@localhost/x?password=s3cret"\n',
        "20: a password in this file would be known",
    ),
    "a file and a server": (WHOLE + '[store]\npath = "a.db"\nurl = "postgresql:///x"\n', "20: path and url name two places"),
    "a server that is not protected": (
        WHOLE + '[store]\nurl = "postgresql://ada@db.example/x"\n',
        "20: nothing would protect the way to 'db.example': add sslmode=verify-full",
    ),
    "a server that is half protected": (
        WHOLE + '[store]\nurl = "postgresql://ada@db.example/x?sslmode=prefer"\n',
        "20: nothing would protect the way to 'db.example'",
    ),
    "a setting of the store's own": (
        WHOLE + '[store]\nurl = "postgresql:///x?options=-csearch_path=public"\n',
        "20: .*options",
    ),
    "an address without sense": (WHOLE + '[store]\nurl = "postgresql://[x/y"\n', "20: url cannot be read as an address"),
    "a folder as a store": (WHOLE + '[store]\npath = "data/"\n', "20: 'data/' is a folder"),
    "an unknown zone": (WHOLE + '[time]\nzone = "Europe/Londn"\n', "20: there is no time zone 'Europe/Londn'"),
    "a zone outside the zones": (WHOLE + '[time]\nzone = "../../etc/passwd"\n', "20: there is no time zone"),
    "a calendar file that is not there": (WHOLE + '[calendar]\nfiles = ["mine.toml"]\n', "20: there is no file 'mine.toml'"),
    "a search of everything": (WHOLE + '[calendar]\nfiles = ["**/*.toml"]\n', "20: .* would search every folder below"),
    "too many workers": (WHOLE + "[daemon]\nworkers = 129\n", "20: workers is 129; it must be from 1 to 128"),
    "true where a number belongs": (
        WHOLE + "[daemon]\nworkers = true\n",
        "20: workers must be a whole number, not true or false",
    ),
    "a number that is none": (WHOLE + "[daemon]\nheartbeat_seconds = nan\n", "20: heartbeat_seconds is nan"),
    "an endless number": (WHOLE + "[daemon]\nheartbeat_seconds = inf\n", "20: heartbeat_seconds is inf"),
    "a number too long for a float": (WHOLE + f"[daemon]\nheartbeat_seconds = 1{'0' * 400}\n", "20: heartbeat_seconds is 1000"),
    "a lease shorter than three heartbeats": (
        WHOLE + "[daemon]\nlease_seconds = 14\n",
        "20: lease_seconds must be at least three heartbeats, which is 15",
    ),
    "a retry that starts after its longest wait": (
        WHOLE + "[daemon]\nretry_first_seconds = 90\nretry_max_minutes = 1\n",
        "21: retry_max_minutes is shorter",
    ),
    "a theme that does not exist": (WHOLE + '[interface]\ntheme = "dark"\n', "20: there is no theme 'dark'"),
    "a number where a switch belongs": (
        WHOLE + "[interface]\nmouse = 1\n",
        "20: mouse must be true or false, not a whole number",
    ),
    "a key with a space": (WHOLE + '[keymap]\nquit = "ctrl q"\n', "20: 'ctrl q' is not a list of keys"),
    "a binding without keys": (WHOLE + '[keymap]\nquit = ""\n', "20: '' is not a list of keys"),
    "a number as a key": (WHOLE + "[keymap]\nqueue.quit = 3\n", "20: 'queue.quit' must be a text in quotes, not a whole number"),
    "a date as a name": (WHOLE.replace('"Tides"', "2026-05-07"), "2: name must be a text in quotes, not a date"),
    "a text where a list belongs": (WHOLE.replace('["author"]', '"author"'), "6: roles must be a list of texts, not a text"),
    "a role named twice": (WHOLE.replace('["author"]', '["author", "author"]'), "6: roles names 'author' twice"),
    "people as a plain table": (
        WHOLE.replace('[[person]]\nid = "asha"', '[person]\nid = "asha"').replace(PEOPLE[PEOPLE.index("[[person]]", 1) :], ""),
        r"3: person must be a repeated table, written as \[\[person\]\], not a table",
    ),
    "no people": (DEPARTMENT + STAGE + ACCOUNT, r"1: there is no \[\[person\]\]"),
    "no account": (DEPARTMENT + PEOPLE + STAGE, r"1: there is no \[\[account\]\]"),
    "an empty list of accounts": ("account = []\n" + DEPARTMENT + PEOPLE + STAGE, r"1: there is no \[\[account\]\]"),
    "no stage: an empty chain would send uncleared posts": (
        DEPARTMENT + PEOPLE + ACCOUNT,
        r"1: there is no \[\[clearance.stage\]\]",
    ),
    "no department": (PEOPLE + STAGE + ACCOUNT, r"1: \[department\] has no name"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_each_fault_is_one_sentence_on_its_line(text: str, expected: str) -> None:
    assert re.match(expected, only_fault(text)), only_fault(text)


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    text = WHOLE.replace('"Tides"', "3").replace('"approver", ', '"aprover", ').replace('"outbox"', '"outbx"') + "[dæmon]\n"
    text = text.replace("[dæmon]", '["dæmon"]') + "[daemon]\nworkers = 0\nlease_seconds = 1\n"
    assert [fault.partition(":")[0] for fault in faults(text)] == ["2", "10", "16", "19", "21", "22"]


def test_the_message_of_all_faults_says_that_nothing_was_started_and_what_to_type() -> None:
    with pytest.raises(ConfigFaults) as caught:
        parse("")
    assert str(caught.value).endswith("Nothing was started. Correct the file, then: purdah-scheduler config check")
    assert caught.value.exit_code == 78


def test_categories_are_checked_where_they_are_known() -> None:
    text = WHOLE.replace(STAGE, STAGE + 'categories = ["anouncement"]\n')
    assert parse(text).chain[0].categories == {"anouncement"}
    with pytest.raises(ConfigFaults, match=r"line 14: there is no category 'anouncement'; did you mean announcement\?"):
        parse_config(text, Path("/etc/purdah/config.toml"), known_categories={"announcement", "recruitment"})


def test_channels_are_those_that_the_caller_knows() -> None:
    with pytest.raises(ConfigFaults, match="there is no channel 'outbox'"):
        parse_config(WHOLE, Path("/etc/purdah/config.toml"), known_channels=("mastodon",))


# --- can the chain be completed -----------------------------------------------------------------------------------


def staffed(*people: tuple[str, str], stages: str = STAGE) -> str:
    tables = "".join(f'[[person]]\nid = "{name}"\nname = "{name}"\nroles = [{roles}]\n' for name, roles in people)
    return DEPARTMENT + tables + stages + ACCOUNT


AUTHOR, APPROVER, PROPRIETY = '"author"', '"approver"', '"propriety"'
ALL = f"{AUTHOR}, {APPROVER}, {PROPRIETY}"
TWO_STAGES = STAGE + '[[clearance.stage]]\nid = "second"\nrole = "approver"\n'
TWO_PEOPLE = STAGE + "people = 2\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (staffed(("a", AUTHOR), ("p", PROPRIETY)), "stage approval needs a person with the role approver and the file has none"),
        (staffed(("a", AUTHOR), ("b", f"{APPROVER}, {PROPRIETY}"), stages=TWO_PEOPLE), "stage approval needs 2 people .* has 1"),
        (staffed(("a", AUTHOR), ("b", APPROVER)), "nobody has the role propriety, which sign_off_role asks for"),
        (staffed(("b", f"{APPROVER}, {PROPRIETY}")), "nobody has the role author"),
        (staffed(("a", ALL)), "no author's post could be cleared"),
        (staffed(("a", ALL), ("b", APPROVER)), "no author's post could be cleared"),
        (staffed(("a", AUTHOR), ("b", f"{APPROVER}, {PROPRIETY}"), stages=TWO_STAGES), "no author's post could be cleared"),
        (staffed(("a", ALL), ("b", f"{APPROVER}, {PROPRIETY}"), stages=TWO_PEOPLE), "no author's post could be cleared"),
    ],
)
def test_a_chain_that_nobody_could_complete_is_refused(text: str, expected: str) -> None:
    assert re.search(expected, "\n".join(faults(text)))


@pytest.mark.parametrize(
    "text",
    [
        staffed(("a", ALL), ("b", ALL)),
        staffed(("a", AUTHOR), ("b", f"{APPROVER}, {PROPRIETY}"), ("c", APPROVER), stages=TWO_STAGES),
        staffed(("a", AUTHOR), ("b", f"{APPROVER}, {PROPRIETY}"), ("c", APPROVER), stages=TWO_PEOPLE),
        staffed(
            ("a", AUTHOR),
            ("b", f"{APPROVER}, {PROPRIETY}"),
            ("c", APPROVER),
            stages=STAGE + '[[clearance.stage]]\nid = "second"\nrole = "propriety"\n',
        ),
        staffed(
            ("a", AUTHOR),
            ("b", f"{APPROVER}, {PROPRIETY}"),
            stages=STAGE + '[[clearance.stage]]\nid = "second"\nrole = "approver"\ncategories = ["recruitment"]\n',
        ),
    ],
)
def test_a_chain_that_others_than_an_author_can_complete_is_taken(text: str) -> None:
    assert parse(text).chain
