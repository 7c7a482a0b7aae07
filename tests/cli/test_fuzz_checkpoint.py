"""Any file given as a checkpoint is one, or is refused by its name."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.cli.record import Checkpoint, _read_checkpoint
from purdah_scheduler.errors import BadInput
from tests.fuzz import damaged, fuzzed, in_time, read_or_refused

pytestmark = in_time

HEAD = b"0123456789abcdef" * 4
SAMPLES = [
    b"The record is whole: 12 entries.\npurdah-checkpoint-v1 12 " + HEAD + b"\n",
    b'{"entries": 12, "ok": true, "checkpoint": {"seq": 12, "head": "' + HEAD + b'"}}\n',
    b'{"seq": 12, "head": "' + HEAD + b'"}',
]


@fuzzed
@given(damaged(SAMPLES, [b'"seq": ', b"purdah-checkpoint-v1 ", b"true", b"12 "]) | st.binary(max_size=200))
def test_a_damaged_file_is_a_checkpoint_or_a_refusal(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "checkpoint.txt"
    path.write_bytes(data)
    with read_or_refused(BadInput, file=path):
        found = _read_checkpoint(path)
        assert isinstance(found, Checkpoint)
        assert type(found.seq) is int
        assert found.seq >= 0


def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="it is no plain file"):
        _read_checkpoint(tmp_path / "pipe")
