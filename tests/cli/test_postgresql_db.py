"""`db` and every other command on a queue that is on a server: made, brought forward, given roles, copied to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from purdah_scheduler.checkup import house
from purdah_scheduler.config import check_store_url, parse_config
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput
from tests.cli.conftest import Desk, command
from tests.houses import build
from tests.postgresql import Server


@pytest.fixture
def bare(postgresql: Server) -> Iterator[str]:
    """The address of an empty database."""
    with postgresql.database("template0") as name:
        yield postgresql.url(name)


@pytest.fixture
def team(bare: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose queue was made by `db migrate`."""
    folder = tmp_path / "team"
    folder.mkdir(mode=0o700)
    path = folder / "config.toml"
    path.touch(mode=0o600)
    path.write_text(build(tmp_path / "other").config.path.read_text("utf-8") + f'[store]\nurl = "{bare}"\n', "utf-8")
    made = command("--config", str(path), "db", "migrate")
    assert made.code == 0, made.err
    house = build(folder, store_url=bare)
    yield Desk(house)
    house.office.store.close()


def on_a_server(desk: Desk, url: str) -> None:
    """Put an address into a configuration in place of the file."""
    text = desk.path.read_text("utf-8")
    desk.path.write_text(text.replace("[calendar]", f'[store]\nurl = "{url}"\n[calendar]', 1), "utf-8")


def test_before_there_is_a_queue_every_command_says_who_makes_one(desk: Desk, bare: str) -> None:
    on_a_server(desk, bare)
    ran = desk("status")
    assert ran.code == 78
    assert "There is no queue in the database" in ran.err
    assert "db migrate" in ran.err


def test_migrate_makes_the_queue_once_and_then_changes_nothing(desk: Desk, bare: str) -> None:
    on_a_server(desk, bare)
    assert desk.ok("db", "migrate", "--json").object == {"store": bare, "before": None, "after": "0004"}
    assert "nothing was changed" in desk.ok("db", "migrate").out
    assert desk("init", "--dir", str(desk.path.parent)).code == 78
    assert desk.ok("post", "list").code == 0


def test_migrate_looks_at_a_file_too(desk: Desk) -> None:
    assert desk.ok("db", "migrate", "--json").object["before"] == "0004"


def test_a_post_lives_from_draft_to_the_outbox_on_a_server(team: Desk) -> None:
    post = team.house.scheduled("The bridge is open.")
    assert team("daemon", "--once").code == 0
    assert team.house.delivery(post).state is DeliveryState.PUBLISHED
    assert team.ok("audit", "verify", "--json").object["ok"] is True
    assert team.ok("config", "show", "--json").object["store"] == team.house.config.store_url
    assert team("status").code == 2


def test_the_roles_are_printed_and_made_only_when_asked(team: Desk, postgresql: Server) -> None:
    printed = team.ok("db", "create-roles").out
    assert printed.startswith("BEGIN;\n")
    assert "GRANT purdah_owner" in printed
    assert team.ok("db", "create-roles", "--run", "--json").object == {"granted": True, "sql": printed}
    roles = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'purdah_%' AND NOT rolcanlogin"
    assert postgresql.sql(roles) == [(5,)]


def test_doctor_looks_over_a_queue_on_a_server(team: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "is_synchronised", lambda: None)
    found = team("doctor", "--json")
    assert "is in order" in found.out
    assert found.code in (0, 2)


def test_a_queue_in_a_file_has_no_roles(desk: Desk) -> None:
    assert desk("db", "create-roles").code == 64


def test_a_queue_is_copied_to_a_server_and_goes_on_there(desk: Desk, team: Desk) -> None:
    first = desk.new()["post"]
    url = team.house.config.store_url
    copied = desk.ok("db", "copy", "--to", url, "--json").object
    assert (copied["rows"]["posts"], copied["attachments"], copied["lost"]) == (1, 0, [])
    assert copied["head"] == desk.ok("audit", "verify", "--json").object["checkpoint"]["head"]
    assert team.shown(first)["state"] == "draft"
    assert team.new()["post"] == first + 1
    again = desk("db", "copy", "--to", url)
    assert again.code == 64
    assert "not empty" in again.err


def test_a_copy_wants_a_file_to_copy_from_and_an_address_without_a_password(desk: Desk, team: Desk) -> None:
    assert team("db", "copy", "--to", team.house.config.store_url).code == 64
    refused = desk("db", "copy", "--to", "postgresql://ada:s3cret@localhost/x")
    assert refused.code == 64
    assert "s3cret" not in refused.err + refused.out


def test_a_backup_of_a_server_is_left_to_the_server(team: Desk, tmp_path: Path) -> None:
    ran = team("backup", str(tmp_path / "b.tar"))
    assert ran.code == 64
    assert "pg_dump" in ran.err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///purdah",
        "postgresql://asha@localhost:5433/purdah",
        "postgresql://asha@/purdah?host=/run/postgresql",
        "postgresql://asha@db.example/purdah?sslmode=verify-full&sslrootcert=/etc/ca.pem",
    ],
)
def test_an_address_that_is_taken(desk: Desk, url: str) -> None:
    check_store_url(url)
    on_a_server(desk, url)
    config = parse_config(desk.path.read_text("utf-8"), desk.path)
    assert (config.store_url, config.store_name) == (url, url)
    assert config.data_folder == desk.path.parent


def test_an_address_that_is_not_taken_is_bad_input_on_the_command_line() -> None:
    with pytest.raises(BadInput, match="sslmode=verify-full"):
        check_store_url("postgresql://asha@db.example/purdah")


def test_people_are_listed_with_the_logins_that_stand_for_them(team: Desk) -> None:
    team.ok("db", "link", "comms_asha", "asha", by="dougal")
    people = {line["person"]: line["logins"] for line in team.ok("people", "list", "--json", by="dougal").objects}
    assert (people["asha"], people["bede"]) == (["comms_asha"], [])
    assert "comms_asha at the database" in team.ok("people", "list", by="dougal").out
