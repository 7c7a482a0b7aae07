"""Every key of a document is found on the line where it stands, whatever surrounds it."""

from textwrap import dedent

import tomli
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.config.source import key_lines


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
