"""The house that is attacked, on both stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.ground import Ground, on_a_file, on_a_server


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """A cleared post with a picture that is due now, on a store of its own."""
    attacked = on_a_file(tmp_path) if request.param == "sqlite" else on_a_server(request.getfixturevalue("postgresql"), tmp_path)
    with attacked as made:
        yield made
