"""A small good configuration in pieces, and how the tests read it and its faults."""

from pathlib import Path

import pytest

from purdah_scheduler.config import Config, parse_config
from purdah_scheduler.errors import ConfigFaults

DEPARTMENT = '[department]\nname = "Tides"\n'
PEOPLE = """\
[[person]]
id = "asha"
name = "Asha"
roles = ["author"]
[[person]]
id = "carys"
name = "Carys"
roles = ["approver", "propriety"]
"""
STAGE = """\
[[clearance.stage]]
id = "approval"
role = "approver"
"""
ACCOUNT = """\
[[account]]
id = "main"
channel = "outbox"
handle = "tides"
body = "uk-civil-service"
"""
X_ACCOUNT = """\
[[account]]
id = "x-main"
channel = "x"
handle = "@Tides_UK"
body = "uk-civil-service"
credentials = "x-main.toml"
"""
WHOLE = DEPARTMENT + PEOPLE + STAGE + ACCOUNT


def parse(text: str, folder: Path = Path("/etc/purdah")) -> Config:
    return parse_config(text, folder / "config.toml")


def faults(text: str, folder: Path = Path("/etc/purdah")) -> list[str]:
    """The faults of `text` as `LINE: sentence`."""
    with pytest.raises(ConfigFaults) as caught:
        parse(text, folder)
    prefix = f"{folder / 'config.toml'} line "
    assert all(fault.startswith(prefix) for fault in caught.value.faults)
    return [fault.removeprefix(prefix) for fault in caught.value.faults]


def only_fault(text: str) -> str:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]
