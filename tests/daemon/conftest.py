"""A house whose account is on the stand-in for X, which runs in a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.daemon.processes import XProcess, fake_x
from tests.houses import House, build


@pytest.fixture
def x(tmp_path: Path) -> Iterator[XProcess]:
    """The stand-in for X; its tokens are where the house expects them."""
    folder = tmp_path / "house"
    folder.mkdir(mode=0o700)
    with fake_x(folder) as process:
        yield process


@contextmanager
def closing(house: House) -> Iterator[House]:
    """Close the test's own connections in the end."""
    try:
        yield house
    finally:
        house.office.store.close()


@pytest.fixture
def house(tmp_path: Path, x: XProcess) -> Iterator[House]:
    """An account on X, and another on the outbox."""
    with closing(build(tmp_path / "house", accounts=("x", "outbox"), x_base_url=x.base_url)) as built:
        yield built


@pytest.fixture
def quiet_house(tmp_path: Path) -> Iterator[House]:
    """Two accounts on the outbox: nothing leaves the machine."""
    with closing(build(tmp_path / "house", accounts=("outbox", "other"))) as built:
        yield built
