"""Any file of unsaved words is offered, or left as it was with a sentence about it."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from purdah_scheduler.domain.content import Card, Marks, Media
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.compose_drafts import DraftFolder
from purdah_scheduler.tui.compose_form import Attached, Form, to_document
from tests.fuzz import damaged, fuzzed, in_time, read_or_refused, texts

pytestmark = in_time

FORM = Form(
    text="Two\nlines",
    texts={"x-main": "One line"},
    accounts=("outbox", "x-main"),
    category="event",
    marks=Marks(partisan=True, campaign="tides"),
    kept=(Media(sha256="a" * 64, size=7, type="image/png", alt="A boat", focus=Focus(x=-50, y=25)),),
    card=Card(
        address="https://gov.uk",
        title="Tides",
        description="When",
        picture=Media(sha256="b" * 64, size=9, type="image/png", alt=""),
    ),
    attached=(Attached(path="boat.png", alt="A boat"),),
    post=7,
    seen_revision=2,
)


def sample(folder: Path) -> bytes:
    drafts = DraftFolder(folder=folder, person="asha")
    path = drafts.path_for(7)
    drafts.keep(path, FORM, datetime(2027, 5, 6, tzinfo=UTC))
    data = path.read_bytes()
    drafts.drop(path)
    return data


def offered(folder: Path, data: bytes) -> None:
    drafts = DraftFolder(folder=folder, person="asha")
    path = folder / "asha-post-7-00000000.json"
    path.write_bytes(data)
    with read_or_refused(BadInput):
        found = drafts.find(7)
        assert found is not None
        form = found.form
        assert all(type(getattr(form.marks, entry.name)) is type(entry.default) for entry in fields(Marks))
        assert all(type(value) is str for medium in form.kept for value in (medium.sha256, medium.type, medium.alt))
        assert all(type(medium.size) is int for medium in form.kept)
        drafts.keep(path, form, found.kept_at)
        again = drafts.find(7)
        assert again is not None
        assert again.form == form
    assert path.exists()


@fuzzed
@given(st.data())
def test_a_damaged_file_is_offered_or_left_as_it_was(tmp_path: Path, data: st.DataObject) -> None:
    words = [f'"{entry.name}": '.encode() for entry in fields(Form)]
    offered(tmp_path, data.draw(damaged([sample(tmp_path)], words) | st.binary(max_size=200)))


_SCALARS = texts | st.none() | st.booleans() | st.integers() | st.floats()
_VALUES: st.SearchStrategy[object] = _SCALARS | st.lists(_SCALARS, max_size=3) | st.dictionaries(texts, _SCALARS, max_size=3)
_NESTED = _VALUES | st.lists(st.dictionaries(st.sampled_from(["sha256", "size", "type", "alt", "path"]), _SCALARS), max_size=2)
_MARKS = st.dictionaries(st.sampled_from([entry.name for entry in fields(Marks)]), _SCALARS, max_size=3)


@fuzzed
@example({"marks": {"partisan": "yes"}}, {})
@example({"marks": {"campaign": 7}}, {})
@example({"kept": [{"sha256": "a", "size": "7", "type": "b", "alt": "c"}]}, {})
@example({"kept": [{"sha256": 1, "size": 7, "type": "b", "alt": "c"}]}, {})
@given(
    st.dictionaries(st.sampled_from([entry.name for entry in fields(Form)]) | texts, _NESTED | _MARKS, max_size=4),
    st.dictionaries(st.sampled_from(["version", "person", "kept_at", "form"]), _VALUES, max_size=1),
)
def test_a_form_of_any_values_is_offered_or_left_as_it_was(
    tmp_path: Path, changes: dict[str, object], outer: dict[str, object]
) -> None:
    document = {"version": 1, "kept_at": "2027-05-06T00:00:00+00:00", "form": {**to_document(FORM), **changes}} | outer
    offered(tmp_path, json.dumps(document).encode("ascii"))


def test_a_file_that_is_nested_without_end_is_left_as_it_was(tmp_path: Path) -> None:
    offered(tmp_path, b"[" * 200_000)
