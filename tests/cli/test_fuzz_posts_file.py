"""Any file given as posts is posts, or is refused with lines that it has; nothing of it forges a line of the refusal."""

import json
import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.errors import BadInput
from purdah_scheduler.exports.posts_file import look_into
from purdah_scheduler.store.pictures import picture_named
from tests.application.desk import Desk, open_desk
from tests.fuzz import damaged, fuzzed, in_time, shows

pytestmark = in_time

LINE = json.dumps(
    {
        "accounts": ["dept"],
        "text": "One\n---\ntwo",
        "texts": {"dept": "Own"},
        "category": "announcement",
        "at": "2031-05-07T09:30:00+01:00",
        "partisan": False,
        "media": [{"file": "sha256:" + "0" * 64, "alt": "A bridge", "focus": "0,0"}],
        "card": {"address": "https://example.org", "title": "T", "description": "", "picture": None},
        "deliveries": [],
    }
).encode()
LINES = LINE + b"\n" + b'{"accounts": ["agency"], "category": "announcement", "text": "Two."}\n'
TABLE = b"accounts,category,text,at,partisan,media,alt,escaped\r\n"
TABLE += b'dept,announcement,"One\r\n""two""",2031-05-07 09:30,no,x.png,A,text\r\n'
TABLE += b"agency dept,operational-service,'=1,,yes,,,text\r\n"
NAMED = re.compile(r"line (\d+): .")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


@fuzzed
@given(
    damaged([LINES, TABLE], [b'"text": ', b"category", b"accounts", b"dept", b"yes", b"sha256:"]) | st.binary(max_size=200),
    st.sampled_from([".jsonl", ".csv"]),
)
def test_a_damaged_file_is_posts_or_a_refusal(desk: Desk, tmp_path: Path, data: bytes, kind: str) -> None:
    file = tmp_path / f"posts{kind}"
    file.write_bytes(data)
    said: list[str] = []
    try:
        assert look_into(desk.office, file, picture=partial(picture_named, desk.office.shelf, tmp_path)).looked
    except BadInput as refusal:
        said = [*refusal.message.split("\n"), refusal.next_step]
    assert all(map(shows, said))
    named = [NAMED.match(line) for line in said[1:-1]]
    assert all(one is not None and 1 <= int(one[1]) <= len(data.splitlines()) + 1 for one in named)
