"""Every key of a document is found on the line where it stands, and what is no TOML is told with its place."""

from textwrap import dedent

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.toml_text import (
    MAX_LINE,
    KeyPath,
    NotToml,
    decode,
    key_lines,
    line_of,
    line_of_bad_bytes,
    parse,
    too_long_lines,
)


def lines(text: str) -> dict[tuple[str | int, ...], int]:
    document = dedent(text)
    tomli.loads(document)
    return dict(key_lines(document))


def test_keys_after_values_of_several_lines_keep_their_line() -> None:
    found = lines(
        '''\
        a = """
        [not.a.table]
        b = 1
        """
        c = [
          "x", # ] not the end
          { d = "]" },
        ]
        e = 'it''s' # = no
        f = 1
        '''.replace("'it''s'", "'its'")
    )
    assert found == {("a",): 1, ("c",): 5, ("e",): 9, ("f",): 10}


def test_repeated_tables_and_their_tables_are_counted() -> None:
    found = lines("""\
        [[person]]
        id = "a"
        [[person]]
        id = "b"
        [person.more]
        x = 1
        [clearance]
        [[clearance.stage]]
        id = "s"
        """)
    assert found["person", 0, "id"] == 2
    assert found["person", 1, "id"] == 4
    assert found["person", 1, "more", "x"] == 6
    assert found["clearance", "stage", 0, "id"] == 9
    assert found["person",] == 1


def test_dotted_and_quoted_keys_and_headers_with_spaces_are_found() -> None:
    found = lines("""\
        daemon.workers = 1
        [ keymap ]
        "queue.new" = "n"
        'quit' = "q"
        [[ a . "b c" ]]
        d = 2
        """)
    assert found["daemon", "workers"] == 1
    assert found["keymap", "queue.new"] == 3
    assert found["keymap", "quit"] == 4
    assert found["a", "b c", 0, "d"] == 6


@given(st.text(max_size=200))
def test_no_text_stops_the_search_for_lines(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in key_lines(text).values())


def test_a_table_that_stands_only_in_the_headers_of_its_own_tables_has_the_line_of_the_first() -> None:
    found = lines("""\
        [a.b.c]
        d = 1
        [e.f]
        g = 1
        [e]
        h = 1
        """)
    assert (found["a",], found["a", "b"], found["a", "b", "c"]) == (1, 1, 1)
    assert found["e",] == 5, "its own header says more than that of a table in it"


def test_a_key_written_with_an_escape_is_found_by_its_name() -> None:
    found = lines(r"""
        [["a\u0062"]]
        "c\"d" = 1
        'e\f' = 2
        """)
    assert found["ab", 0, 'c"d'] == 3
    assert found["ab", 0, "e\\f"] == 4


def test_what_has_no_line_of_its_own_has_that_of_what_holds_it() -> None:
    found: dict[KeyPath, int] = {("a",): 3, ("a", "b"): 5}
    assert line_of(found, ("a", "b", 0, "c")) == 5
    assert line_of(found, ("a", "x")) == 3
    assert line_of(found, ("z", "b")) == 1
    assert line_of(found, ()) == 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a = 1\nb = = 2\n", 2, 5), ("a = 1\na = 2", 2, 6), ("a = 2027-02-30", 1, 5), ("\n\n[a", 3, 3)],
)
def test_a_fault_of_the_grammar_has_its_line_and_column(text: str, line: int, column: int) -> None:
    found = parse(text)
    assert isinstance(found, NotToml)
    assert (found.line, found.column) == (line, column)
    assert found.reason


def test_what_the_parser_gives_up_on_has_no_column() -> None:
    found = parse("a = " + "[" * 100_000)
    assert found == NotToml(line=1, column=0, reason="its tables and lists are nested too deeply")


def test_only_lines_beyond_the_cap_are_too_long() -> None:
    assert too_long_lines([b"x" * MAX_LINE, b"x" * (MAX_LINE + 1), b"", b"x" * (MAX_LINE * 2)]) == [2, 4]
    assert too_long_lines(["ŵ" * MAX_LINE]) == []


def test_one_byte_order_mark_is_taken_away() -> None:
    assert decode(b"\xef\xbb\xbfa") == "a"
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfa") == "\ufeffa"


@pytest.mark.parametrize(("data", "line"), [(b"\xff", 1), (b"a\n\xff", 2), (b"\xef\xbb\xbf\n\xff", 2), (b"a\n\n\nb\xe2", 4)])
def test_bytes_that_are_no_text_are_found_on_their_line(data: bytes, line: int) -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        decode(data)
    assert line_of_bad_bytes(caught.value) == line
