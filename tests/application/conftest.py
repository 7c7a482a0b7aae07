"""The desk that most tests of the services work at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.application.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A new press office on a store of its own."""
    found = open_desk(tmp_path / "office")
    yield found
    found.office.store.close()
