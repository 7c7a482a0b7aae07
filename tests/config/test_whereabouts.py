"""Where the configuration is looked for, and who is at the keyboard."""

from dataclasses import replace
from pathlib import Path

import pytest

from purdah_scheduler.config import Config, acting_person, default_config_path, example_config, parse_config
from purdah_scheduler.errors import NotFound, WhoAreYou


def config(**logins: str) -> Config:
    """The example, where each named person has these login names."""
    example = parse_config(example_config("Tides"), Path("/etc/purdah/config.toml"))
    people = tuple(replace(person, os_users=frozenset(logins.get(person.id, "").split())) for person in example.people)
    return replace(example, people=people)


def test_the_variable_names_the_file() -> None:
    assert default_config_path({"PURDAH_CONFIG": "team/config.toml"}) == Path("team/config.toml")


@pytest.mark.parametrize("env", [{}, {"PURDAH_CONFIG": ""}])
def test_without_the_variable_it_is_in_the_users_configuration_folder(env: dict[str, str], invented_home: Path) -> None:
    path = default_config_path(env)
    assert path.name == "config.toml"
    assert path.parent.name == "purdah-scheduler"
    assert path.is_relative_to(invented_home)


def test_a_login_stands_for_its_person() -> None:
    assert acting_person(config(bede="bcalloway b2"), None, "b2").id == "bede"


def test_a_person_without_logins_can_be_named_by_anybody() -> None:
    assert acting_person(config(), "carys", "somebody").id == "carys"
    assert acting_person(config(bede="me"), "carys", "me").id == "carys"


def test_a_person_with_logins_cannot_be_named_from_another_login() -> None:
    with pytest.raises(WhoAreYou) as caught:
        acting_person(config(bede="bcalloway", asha="me"), "bede", "me")
    assert "bede acts from the login bcalloway" in caught.value.message
    assert caught.value.next_step == "Say who you are with --as, one of: asha, carys, dougal."


def test_an_unknown_login_is_told_whom_to_choose_from() -> None:
    with pytest.raises(WhoAreYou) as caught:
        acting_person(config(bede="bcalloway"), None, "stranger")
    assert "stranger" in caught.value.message
    assert caught.value.next_step == "Say who you are with --as, one of: asha, carys, dougal."
    assert caught.value.exit_code == 64


def test_where_everybody_has_logins_a_stranger_is_told_to_be_added() -> None:
    everybody = config(asha="a", bede="b", carys="c", dougal="d")
    with pytest.raises(WhoAreYou, match="Add this login to the os_users of a person"):
        acting_person(everybody, None, "stranger")


def test_a_login_of_two_people_must_say_which() -> None:
    shared = config(bede="desk", carys="desk")
    with pytest.raises(WhoAreYou, match=r"stands for 2 people.*one of: bede, carys\."):
        acting_person(shared, None, "desk")
    assert acting_person(shared, "carys", "desk").id == "carys"


def test_a_name_that_is_nobodys_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="Did you mean bede"):
        acting_person(config(), "bde", "me")


def test_an_unknown_login_name_is_not_the_one_of_a_person_without_logins() -> None:
    with pytest.raises(WhoAreYou):
        acting_person(config(), None, "")
