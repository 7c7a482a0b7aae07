"""Tables and facts line up by cell, and narration never mixes with data."""

from purdah_scheduler.cli.speaking import as_line, facts_in_words, quoted, table
from purdah_scheduler.domain.reveal import cell_width


def test_columns_line_up_by_cell_whatever_the_script() -> None:
    lines = table(("Id", "Title"), [("日本", "one"), ("e\u0301a", "two"), ("👩🏽\u200d⚕\ufe0f", "three")], width=60).splitlines()
    starts = {cell_width(line[: line.index(word)]) for line, word in zip(lines[1:], ("one", "two", "three"), strict=True)}
    assert starts == {6}


def test_the_last_column_is_cut_where_the_line_would_be_too_wide() -> None:
    lines = table(("Id", "Title"), [("1", "word " * 40)], width=40).splitlines()
    assert cell_width(lines[1]) <= 40
    assert lines[1].endswith("…")


def test_a_cell_with_a_line_end_stays_in_its_line() -> None:
    assert len(table(("Id", "Title"), [("1", "a\nb")], width=60).splitlines()) == 2


def test_facts_leave_out_what_is_empty_and_set_in_further_lines() -> None:
    assert facts_in_words([("State", "draft"), ("Area", ""), ("Source", "one\ntwo")], width=80, label_width=8) == (
        "State   draft\nSource  one\n        two"
    )


def test_a_long_fact_is_set_in_on_every_line_and_an_address_is_never_broken() -> None:
    address = "https://www.example.org/" + "long/" * 8
    lines = facts_in_words([("Reason", f"words and more words {address} and more words")], width=40, label_width=8).splitlines()
    assert lines[0] == "Reason  words and more words"
    assert lines[1] == f"        {address}"
    assert all(line.startswith(" " * 8) for line in lines[1:])


def test_quoted_text_is_marked_on_every_line() -> None:
    assert quoted("a\n\nState: published") == "  | a\n  |\n  | State: published"
    assert quoted("") == "  (no text)"


def test_json_has_no_raw_control_not_even_delete() -> None:
    assert as_line({"a": "\x7f\x1b\x9b"}) == '{"a": "\\u007f\\u001b\\u009b"}'
