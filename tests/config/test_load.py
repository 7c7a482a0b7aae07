"""Reading the configuration: what is taken, and what the file itself must be."""

import errno
import os
import re
import stat
import threading
from contextlib import suppress
from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.channels.catalogue import channel_names
from purdah_scheduler.config import example_config, load_config, parse_config
from purdah_scheduler.domain.people import AccountKind, Assurance, Replies, Role
from purdah_scheduler.domain.periods import Body, Nation
from purdah_scheduler.errors import BadSetup, ConfigFaults, NotFound
from tests.config.documents import ACCOUNT, DEPARTMENT, PEOPLE, STAGE, WHOLE, X_ACCOUNT, faults, only_fault, parse


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


# --- what is taken ------------------------------------------------------------------------------------------------


def test_the_smallest_configuration_gets_every_default() -> None:
    config = parse(WHOLE)
    assert config.department == "Tides"
    assert config.folder == Path("/etc/purdah")
    assert config.store_path == Path("/etc/purdah/purdah.db")
    assert config.zone == "Europe/London"
    assert config.calendar_files == ()
    assert config.shipped_calendar is True
    assert (config.sign_off_role, config.exemption_role) == (Role.PROPRIETY, Role.PROPRIETY)
    assert (config.daemon.heartbeat_seconds, config.daemon.lease, config.daemon.workers) == (5.0, timedelta(seconds=90), 100)
    assert config.interface.theme == "purdah-dark"
    assert config.interface.mouse is True
    assert config.interface.accessible is False
    assert config.keymap == {}
    account = config.account("main")
    assert (account.kind, account.nation, account.max_lateness) == (AccountKind.DEPARTMENT, Nation.UK, timedelta(minutes=15))
    (stage,) = config.chain
    assert (stage.label, stage.people, stage.min_assurance) == ("approval", 1, Assurance.CLAIMED)


def test_a_body_may_have_another_role_for_its_sign_offs_and_exemptions() -> None:
    text = WHOLE + '[clearance.sign_off]\nlocal-authority = "approver"\n[clearance.exemption]\nalb = "approver"\n'
    config = parse(text)
    assert config.sign_off_roles == {Body.LOCAL_AUTHORITY: Role.APPROVER}
    assert config.exemption_roles == {Body.ALB: Role.APPROVER}
    assert (parse(WHOLE).sign_off_roles, parse(WHOLE).exemption_roles) == ({}, {})


def test_an_account_has_the_daemons_lateness_unless_it_names_its_own() -> None:
    config = parse(WHOLE + "max_lateness_minutes = 3\n[daemon]\nmax_lateness_minutes = 40\n" + X_ACCOUNT)
    assert config.account("main").max_lateness == timedelta(minutes=3)
    assert config.account("x-main").max_lateness == timedelta(minutes=40)


def test_an_x_account_keeps_its_handle_without_the_at_sign_and_its_credentials_with_their_folder() -> None:
    account = parse(WHOLE + X_ACCOUNT).account("x-main")
    assert account.replies is Replies.EVERYONE
    assert parse(WHOLE + X_ACCOUNT + 'replies = "mentioned"\n').account("x-main").replies is Replies.MENTIONED
    assert account.handle == "Tides_UK"
    assert account.credentials == "/etc/purdah/x-main.toml"


def test_stages_stand_in_the_order_of_the_file() -> None:
    more = PEOPLE.replace('["author"]', '["author", "publisher"]') + '[[person]]\nid="bede"\nname="Bede"\nroles=["publisher"]\n'
    second = '[[clearance.stage]]\nid = "a-last"\nlabel = "Press office"\nrole = "publisher"\naccounts = ["main"]\n'
    config = parse(DEPARTMENT + more + STAGE + second + ACCOUNT)
    assert [stage.id for stage in config.chain] == ["approval", "a-last"]
    assert config.chain[1].accounts == {"main"}
    assert config.chain[1].label == "Press office"


def test_ids_of_bindings_with_dots_work_with_and_without_quotes() -> None:
    config = parse(WHOLE + '[keymap]\n"queue.new" = "n,ctrl+n"\nqueue.edit = "e"\nquit = "?"\n')
    assert config.keymap == {"queue.new": "n,ctrl+n", "queue.edit": "e", "quit": "?"}


def test_a_byte_order_mark_and_windows_line_ends_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    path.chmod(0o600)
    assert load_config(path).department == "Tides"


def test_calendar_files_are_expanded_sorted_and_each_named_once(tmp_path: Path) -> None:
    folder = tmp_path / "calendar.d"
    folder.mkdir()
    for name in ("b.toml", "a.toml", "notes.txt"):
        (folder / name).write_text("")
        (folder / name).chmod(0o600)
    config = parse(WHOLE + '[calendar]\nfiles = ["calendar.d/*.toml", "calendar.d/a.toml"]\nshipped = false\n', tmp_path)
    assert config.calendar_files == (folder / "a.toml", folder / "b.toml")
    assert config.shipped_calendar is False


def test_a_folder_whose_name_looks_like_a_pattern_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "team [1]*"
    (folder / "calendar.d").mkdir(parents=True)
    (folder / "calendar.d" / "a.toml").write_text("")
    (folder / "calendar.d" / "a.toml").chmod(0o600)
    assert parse(WHOLE, folder).calendar_files == (folder / "calendar.d" / "a.toml",)


@pytest.mark.parametrize(
    "address", ["https://x.example.org:8443/", "http://127.0.0.1:8080", "http://[::1]:9", "http://localhost"]
)
def test_a_safe_address_is_taken_without_its_last_slash(address: str) -> None:
    assert parse(WHOLE + X_ACCOUNT + f'base_url = "{address}"\n').account("x-main").base_url == address.rstrip("/")


def test_a_mirror_of_every_election_is_taken_without_its_last_slash() -> None:
    mirrored = parse(WHOLE + '[calendar]\nevery_election_url = "https://mirror.example.org/"\n')
    assert mirrored.every_election_url == "https://mirror.example.org"


def test_a_configuration_cannot_be_changed() -> None:
    config = parse(WHOLE)
    with pytest.raises(FrozenInstanceError):
        config.department = "Other"  # type: ignore[misc]  # the point of the test


# --- the file itself ----------------------------------------------------------------------------------------------


def test_a_missing_file_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(BadSetup) as caught:
        load_config(tmp_path / "config.toml")
    assert str(tmp_path / "config.toml") in caught.value.message
    assert caught.value.next_step == "Write one with: purdah-scheduler init"


def test_a_folder_is_not_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(BadSetup, match="is not a file"):
        load_config(tmp_path)


def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    outcome: list[BaseException] = []

    def read() -> None:
        try:
            load_config(tmp_path / "pipe")
        except BadSetup as error:
            outcome.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(10)
    assert outcome
    assert "is not a file" in str(outcome[0])


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BadSetup, match=r"config\.toml could not be read \(Permission denied\)"):
        load_config(tmp_path / "config.toml")


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(BadSetup, match="could not be read"):
        load_config(Path("a\0b"))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o664, 0o666])
def test_a_file_that_others_can_change_is_refused_with_the_exact_command(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "press office"
    folder.mkdir()
    path = write(folder, WHOLE, mode)
    with pytest.raises(BadSetup) as caught:
        load_config(path)
    assert f"mode {mode:o}" in caught.value.message
    assert caught.value.next_step.endswith(f"chmod go-w '{path}'")
    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o022)
    assert load_config(path).department == "Tides"


def test_a_calendar_file_that_others_can_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calendar.d").mkdir()
    loose = tmp_path / "calendar.d" / "a.toml"
    loose.write_text("")
    loose.chmod(0o666)
    (fault,) = faults(WHOLE, tmp_path)
    assert f"chmod go-w {loose}" in fault


def test_bytes_that_are_not_utf8_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[department]\nname = "Si\xe2n"\n')
    path.chmod(0o600)
    with pytest.raises(ConfigFaults, match="line 2: these bytes are not UTF-8"):
        load_config(path)


def test_toml_that_cannot_be_parsed_is_told_with_its_line() -> None:
    assert re.match(r"3: this is not TOML: .* \(column \d+\)\.", only_fault(DEPARTMENT + "workers = = 3\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#" * 4097 + "\n", "1: the line is longer than 4096 characters"),
        (("#" * 4000 + "\n") * 70, "1: the file is larger than 256 kB"),
        ("a = [\n" + "[\n" * 100_000, "1: the file cannot be read as TOML: its tables and lists are nested too deeply"),
        (".".join(["a"] * 2_000) + " = 1\n", "1: .*(nested too deeply|'a' is not known)"),
        ("[keymap]\n" + ".".join(["a"] * 2_000) + ' = "x"\n', ".*(nested too deeply|must be a text)"),
        ("x = 0x" + "f" * 4_000 + "\n", "1: "),
    ],
)
def test_a_file_made_to_hurt_ends_in_a_sentence(text: str, expected: str) -> None:
    assert any(re.match(expected, fault) for fault in faults(text))


def test_a_file_that_grows_past_the_cap_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ("#" * 4000 + "\n") * 70)
    with pytest.raises(ConfigFaults, match="larger than 256 kB"):
        load_config(path)


@given(st.text(max_size=300))
def test_any_text_is_a_configuration_or_a_list_of_faults(text: str) -> None:
    with pytest.raises(ConfigFaults):
        parse(text)


@given(st.integers(0, len(WHOLE) - 1), st.text(max_size=4))
def test_any_damage_to_a_good_file_ends_in_a_configuration_or_in_faults(position: int, damage: str) -> None:
    with suppress(ConfigFaults):
        assert parse(WHOLE[:position] + damage + WHOLE[position + 1 :]).chain


# --- finding people and accounts ----------------------------------------------------------------------------------


def test_a_person_or_account_that_is_not_there_is_told_with_the_nearest() -> None:
    config = parse(WHOLE)
    assert config.person("asha").name == "Asha"
    assert config.account("main").body is Body.UK_CIVIL_SERVICE
    with pytest.raises(NotFound) as no_person:
        config.person("ahsa")
    assert no_person.value.next_step == "Did you mean asha? The people are: asha, carys."
    with pytest.raises(NotFound) as no_account:
        config.account("\x1b[2J")
    assert "\x1b" not in str(no_account.value)
    assert no_account.value.next_step == "The accounts are: main."


# --- the example --------------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_the_example_is_ready_to_use_whatever_the_department_is_called(name: str) -> None:
    config = parse(example_config(name))
    assert config.department
    assert config.department.isprintable()


@pytest.mark.parametrize("name", ['The "Tides" Office', "Swyddfa'r Llanw", "Back\\slash", "Éire & Coasts"])
def test_the_name_of_the_department_arrives_as_it_was_given(name: str) -> None:
    assert parse(example_config(name)).department == name


def test_the_accounts_that_the_example_comments_out_work_when_the_comment_is_taken_away() -> None:
    text = example_config("Tides")
    start = text.index("# [[account]]")
    active = re.sub(r"(?m)^# ", "", text[start:])
    whole = text[:start] + re.sub(r'(?m)^base_url = "https://\.\.\.".*\n', "", active)
    config = parse_config(whole, Path("/etc/purdah/config.toml"), known_channels=channel_names())
    assert config.account("x-main").channel == "x"
    assert config.account("page").max_lateness == timedelta(hours=2)


@pytest.mark.parametrize(("daemon", "own", "minutes"), [("15", "", 120), ("180", "", 180), ("15", "30", 30)])
def test_what_is_posted_by_hand_may_be_two_hours_late_unless_something_else_is_said(daemon: str, own: str, minutes: int) -> None:
    page = '[[account]]\nid = "page"\nchannel = "manual"\nhandle = "p"\nbody = "uk-civil-service"\n'
    page += f"max_lateness_minutes = {own}\n" if own else ""
    text = f"[daemon]\nmax_lateness_minutes = {daemon}\n{WHOLE}{page}"
    config = parse_config(text, Path("/etc/purdah/config.toml"), known_channels=channel_names())
    assert config.account("page").max_lateness == timedelta(minutes=minutes)


@pytest.mark.parametrize("line", ['base_url = "https://example.org"', 'credentials = "page.toml"'])
def test_an_account_by_hand_has_neither_an_address_nor_tokens(line: str) -> None:
    text = f'{WHOLE}[[account]]\nid = "page"\nchannel = "manual"\nhandle = "p"\nbody = "uk-civil-service"\n{line}\n'
    with pytest.raises(ConfigFaults, match=r"nothing on an account that a person posts on by hand"):
        parse_config(text, Path("/etc/purdah/config.toml"), known_channels=channel_names())


def test_every_default_that_the_example_shows_is_the_true_default() -> None:
    text = example_config("Tides")
    shown = re.sub(r"(?m)^# (?=[a-z_]+ = )", "", text[: text.index("# --- people")])
    assert shown != text[: text.index("# --- people")]
    # A sub-table under another section would swallow the keys after it, so the order of the file is kept.
    assert parse(shown + text[text.index("# --- people") :]) == parse(text)
