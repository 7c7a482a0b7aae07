"""Any file given as a checkpoint is one, or is refused by its name."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.errors import BadInput
from purdah_scheduler.kept_checkpoints import read_checkpoints
from tests.fuzz import damaged, fuzzed, in_time, read_or_refused

pytestmark = in_time

HEAD = b"0123456789abcdef" * 4
SAMPLES = [
    b"The record is whole: 12 entries.\npurdah-checkpoint-v1 12 " + HEAD + b"\n",
    b'{"entries": 12, "ok": true, "checkpoint": {"seq": 12, "head": "' + HEAD + b'"}}\n',
    b"x purdah-checkpoint-v1 12 " + HEAD + b" " + HEAD[:32] + b" 2026-11-22T16:12:03.000000Z y\n",
    b'{"seq": 12, "head": "' + HEAD + b'"}',
]


@fuzzed
@given(damaged(SAMPLES, [b'"seq": ', b"purdah-checkpoint-v1 ", b"true", b"12 "]) | st.binary(max_size=200))
def test_a_damaged_file_is_a_checkpoint_or_a_refusal(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "checkpoint.txt"
    path.write_bytes(data)
    with read_or_refused(BadInput, file=path):
        found = read_checkpoints(path).checkpoints
        assert found
        assert all(type(one.seq) is int and one.seq >= 0 for one in found)


def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="it is no plain file"):
        read_checkpoints(tmp_path / "pipe")
