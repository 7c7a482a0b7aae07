"""Calendar files that officers write: what is read, and what is refused with which words and line."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.calendars.toml_file import read_files, read_text
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, PeriodStatus, StartsPrecision
from purdah_scheduler.errors import ConfigFaults
from purdah_scheduler.toml_text import MAX_BYTES, MAX_LINE

WHOLE = """\
# our council
[[period]]
id = "our-election-2027"
name = "Our election"
kind = "local"
bodies = ["local-authority", "nhs-local"]
nations = ["England"]
area = "Mole Valley"
announced = 2027-03-01
starts = 2027-03-19T17:00:00
basis = "departmental"
basis_note = "the team stops on the Friday"
ends = 2027-05-06T22:00:00
ends_note = "close of poll"
end_mode = "manual-lift"
status = "provisional"
polling_day = 2027-05-06
source = "https://example.org/notice"
confidence = "high"
notes = "earlier than the latest lawful date"
"""

PLAIN = """\
[[period]]
id = "plain"
name = "A period"
kind = "local"
bodies = ["local-authority"]
nations = ["England"]
starts = 2027-03-22
ends = 2027-05-06T22:00:00
"""


def faults(text: str, reserved: tuple[str, ...] = ()) -> tuple[str, ...]:
    with pytest.raises(ConfigFaults) as caught:
        read_text(text, "c.toml", reserved=reserved)
    return caught.value.faults


def with_line(line: str) -> str:
    """PLAIN with the line of the same key replaced, or with one more line at the end."""
    key = line.partition("=")[0].strip()
    kept = [each for each in PLAIN.splitlines() if each.partition("=")[0].strip() != key]
    return "\n".join([*kept, line])


def test_every_key_of_a_period_is_read() -> None:
    (period,) = read_text(WHOLE, "calendar.d/ours.toml")
    assert (period.id, period.name, period.kind, period.area) == ("our-election-2027", "Our election", Kind.LOCAL, "Mole Valley")
    assert period.bodies == {Body.LOCAL_AUTHORITY, Body.NHS_LOCAL}
    assert period.nations == {Nation.ENGLAND}
    assert period.announced_at == datetime(2027, 3, 1, tzinfo=UTC)
    assert period.starts == datetime(2027, 3, 19, 17, tzinfo=UTC)
    assert period.starts_precision is StartsPrecision.MINUTE
    assert period.ends == datetime(2027, 5, 6, 21, tzinfo=UTC)
    assert (period.end_mode, period.status, period.basis) == (EndMode.MANUAL_LIFT, PeriodStatus.PROVISIONAL, Basis.DEPARTMENTAL)
    assert (period.basis_note, period.ends_note) == ("the team stops on the Friday", "close of poll")
    assert (period.source, period.confidence) == ("https://example.org/notice", "high")
    assert period.polling_day == date(2027, 5, 6)
    assert period.notes == "earlier than the latest lawful date"
    assert period.lifted_at is None
    assert period.origin == "calendar.d/ours.toml:2"


def test_what_is_left_out_has_a_cautious_default() -> None:
    (period,) = read_text(PLAIN, "c.toml")
    assert period.starts == datetime(2027, 3, 22, tzinfo=UTC)
    assert period.starts_precision is StartsPrecision.DATE
    assert (period.end_mode, period.status, period.area) == (EndMode.FIXED, PeriodStatus.CONFIRMED, "")


def test_a_manual_lift_period_of_a_file_is_in_force_until_it_is_lifted_or_held() -> None:
    past_the_end = datetime(2027, 6, 1, tzinfo=UTC)
    still_open = PLAIN + 'end_mode = "manual-lift"\n'
    assert read_text(still_open, "c.toml")[0].in_force(past_the_end)
    assert not read_text(still_open + 'status = "held"\n', "c.toml")[0].in_force(past_the_end)
    assert not read_text(still_open + "lifted = 2027-05-10T09:00:00\n", "c.toml")[0].in_force(past_the_end)


def test_local_times_are_london_time_and_an_offset_is_obeyed() -> None:
    (period,) = read_text(with_line("starts = 2027-04-01T00:01:00"), "c.toml")
    assert period.starts == datetime(2027, 3, 31, 23, 1, tzinfo=UTC)
    (period,) = read_text(with_line("starts = 2027-03-28T01:30:00+00:00"), "c.toml")
    assert period.starts == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "number", "says"),
    [
        ('bodys = ["nhs-local"]', 9, "'bodys' is not a key of a period; did you mean bodies?"),
        ('nation = "England"', 9, "did you mean nations?"),
        ("zzz = 1", 9, "known are id, name, kind"),
        ('kind = "locale"', 8, "'locale' is not a known kind; did you mean local?"),
        ('bodies = ["councils"]', 8, "'councils' is not one of the bodies; known are uk-civil-service"),
        ('bodies = "local-authority"', 8, 'bodies must be a list, such as bodies = ["uk-civil-service"]'),
        ("bodies = []", 8, "bodies is empty"),
        ('nations = ["Scottland"]', 8, "did you mean Scotland?"),
        ("kind = 3", 8, 'kind must be text in quotes, such as kind = "general"'),
        ('id = "Our Election"', 8, "small letters, digits and hyphens"),
        ('id = ""', 8, "id is empty"),
        ("name = 7", 8, 'name must be text in quotes, such as name = "…"'),
        ('name = "a\\u001b[31mred"', 8, "a character that cannot be shown"),
        ('name = "a\\u202ereversed"', 8, "a character that cannot be shown"),
        ('starts = "2027-03-22"', 8, "starts must be a date or a time without quotes"),
        ("starts = 10:00:00", 8, "starts must be a date or a time without quotes"),
        ("starts = 2027-03-28T01:30:00", 8, "2027-03-28T02:30+01:00 or 2027-03-28T00:30+00:00"),
        ("starts = 2026-10-25T01:30:00", 8, "2026-10-25T01:30+01:00 or 2026-10-25T01:30+00:00"),
        ("starts = 1066-10-14", 8, "starts is outside 2000 to 2100"),
        ("starts = 0001-01-01T00:00:00", 8, "starts is outside 2000 to 2100"),
        ("ends = 2027-03-22T00:00:00", 8, "the end is not after the start"),
        ("ends = 2027-05-06", 8, "ends needs a time, such as 2027-05-06T22:00:00"),
        ("lifted = 2027-05-06", 9, "lifted needs a time"),
        ("announced = 2027-03-23", 9, "the announcement is after the start"),
        ("polling_day = 2027-03-21", 9, "the polling day is before the start"),
        ("polling_day = 2027-05-06T07:00:00", 9, "polling_day must be a date without quotes"),
        ('status = "over"', 9, "'over' is not a known status"),
        ('end_mode = "manual lift"', 9, "did you mean manual-lift?"),
        ('starts_precision = "minutes"', 9, "did you mean minute?"),
        ('basis = "statutary"', 9, "did you mean statutory?"),
        ("area.of = 3", 9, "area must be text in quotes"),
    ],
)
def test_a_fault_names_its_file_its_line_and_what_would_be_right(line: str, number: int, says: str) -> None:
    (found,) = faults(with_line(line))
    assert found.startswith(f"c.toml line {number}: ")
    assert says in found


@pytest.mark.parametrize("key", ["id", "name", "kind", "bodies", "nations", "starts", "ends"])
def test_what_a_period_must_have_is_missed_at_its_header(key: str) -> None:
    text = "\n".join(line for line in PLAIN.splitlines() if not line.startswith(f"{key} "))
    assert faults(text) == (f"c.toml line 1: the period has no {key}.",)


def test_a_by_election_needs_its_area() -> None:
    assert faults(with_line('kind = "by-election"')) == ("c.toml line 1: a by-election needs the area that it is about.",)
    assert read_text(with_line('kind = "by-election"') + '\narea = "Ettrick"', "c.toml")[0].area == "Ettrick"


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(with_line("ends = 2027-05-06") + "\ncolour = 1\n")
    second.write_text(PLAIN + "\n[[period]]\n")
    with pytest.raises(ConfigFaults) as caught:
        read_files([first, second, tmp_path / "none.toml"])
    found = caught.value.faults
    assert [each.partition(":")[0] for each in found[:2]] == [f"{first} line 9", f"{first} line 8"]
    assert sum(each.startswith(f"{second} line 10: the period has no") for each in found) == 7
    assert any("'plain' is taken" in each for each in found)
    assert found[-1] == f"{tmp_path / 'none.toml'}: there is no such file, or it is not a plain one."
    assert "Nothing was started" in str(caught.value)


def test_an_id_is_used_once_over_all_files_and_never_a_shipped_one(tmp_path: Path) -> None:
    assert faults(PLAIN + "\n" + PLAIN) == ("c.toml line 11: the id 'plain' is taken: c.toml line 1.",)
    assert faults(PLAIN, ("plain",)) == ("c.toml line 2: the id 'plain' is taken: shipped with the product.",)
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(PLAIN)
    two.write_text("\n\n" + PLAIN)
    with pytest.raises(ConfigFaults) as caught:
        read_files([one, two])
    assert caught.value.faults == (f"{two} line 4: the id 'plain' is taken: {one} line 1.",)


def test_periods_of_several_files_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(WHOLE)
    two.write_bytes(b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode())
    assert [period.id for period in read_files([two, one])] == ["plain", "our-election-2027"]
    assert read_files([]) == ()


def test_a_file_without_periods_is_empty() -> None:
    assert read_text("# nothing yet\n", "c.toml") == ()


def test_what_does_not_belong_in_the_file_is_named_with_the_nearest_word() -> None:
    assert faults("\n[[periods]]\nid = 'x'\n") == ("c.toml line 2: 'periods' does not belong here; did you mean period?",)
    assert faults("[period]\nid = 'x'\n") == ("c.toml line 1: each period starts with [[period]], in double brackets.",)
    assert faults("period = 3\n") == ("c.toml line 1: each period starts with [[period]], in double brackets.",)


def test_broken_toml_is_refused_with_its_line() -> None:
    (found,) = faults(PLAIN + "starts 2027\n")
    assert found.startswith("c.toml line 9: this is not TOML:")
    assert faults('[[period]]\nid = "a"\nid = "b"\n')[0].startswith("c.toml line 3: this is not TOML:")


def test_a_date_that_does_not_exist_is_refused() -> None:
    assert "is not TOML" in faults(with_line("starts = 2027-02-30"))[0]


def test_deep_nesting_is_refused() -> None:
    (found,) = faults("a = " + "[" * 1500 + "]" * 1500)
    assert found.startswith("c.toml line 1: ")


def test_text_that_looks_like_a_header_inside_a_long_string_moves_no_line() -> None:
    text = PLAIN + 'notes = """\n[[period]]\nends = 3\n"""\nbodees = 1\n\n' + PLAIN.replace('"plain"', '"Bad Id"')
    assert [each.partition(":")[0] for each in faults(text)] == ["c.toml line 13", "c.toml line 16"]


def test_periods_written_inline_are_read_and_their_faults_named() -> None:
    (found,) = faults(
        "period = [{ id = 'x', name = 'x', kind = 'local', bodies = ['alb'], nations = ['UK'], starts = 2027-03-22 }]"
    )
    assert found == "c.toml line 1: the period has no ends."


def test_faults_of_inline_periods_and_of_strange_tables_stand_on_their_own_line() -> None:
    assert faults("# a\nperiod = [{ id = 'Bad Id' }]\n")[0].startswith("c.toml line 2: ")
    assert faults(f"{PLAIN}\n[colours.mine]\nred = 1\n")[0].startswith("c.toml line 10: 'colours' does not belong here")
    assert faults(f'[["per\\u0069od"]]\n{PLAIN}')[0].startswith("c.toml line 1: the period has no ")


def test_a_line_is_measured_in_bytes(tmp_path: Path) -> None:
    just, over = tmp_path / "just.toml", tmp_path / "over.toml"
    just.write_text("#" + "ŵ" * (MAX_LINE // 2 - 1) + "x\n" + PLAIN, encoding="utf-8")
    over.write_text("#" + "ŵ" * (MAX_LINE // 2) + "\n" + PLAIN, encoding="utf-8")
    assert len(read_files([just])) == 1
    with pytest.raises(ConfigFaults) as caught:
        read_files([over])
    assert caught.value.faults == (f"{over} line 1: has more than 4 kB, so the file was not read.",)


def test_a_hint_disregards_capitals() -> None:
    assert "did you mean UK?" in faults(with_line('nations = ["uk"]'))[0]


def test_a_file_or_a_line_that_is_too_long_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    big, wide = tmp_path / "big.toml", tmp_path / "wide.toml"
    big.write_text("# x\n" * (MAX_BYTES // 4 + 1))
    wide.write_text("\n#" + "x" * MAX_LINE + "\n")
    with pytest.raises(ConfigFaults) as caught:
        read_files([big, wide])
    assert caught.value.faults == (
        f"{big}: has more than 256 kB, so it was not read.",
        f"{wide} line 2: has more than 4 kB, so the file was not read.",
    )


def test_a_file_of_just_the_size_is_read(tmp_path: Path) -> None:
    full = tmp_path / "full.toml"
    full.write_text((PLAIN + "#\n" * MAX_BYTES)[: MAX_BYTES - 1] + "\n")
    assert full.stat().st_size == MAX_BYTES
    assert len(read_files([full])) == 1


def test_a_file_that_is_no_text_or_no_plain_file_is_refused(tmp_path: Path) -> None:
    latin, pipe = tmp_path / "latin.toml", tmp_path / "pipe.toml"
    latin.write_bytes(b"\n# caf\xe9\n")
    os.mkfifo(pipe)
    with pytest.raises(ConfigFaults) as caught:
        read_files([latin, pipe, tmp_path])
    assert caught.value.faults == (
        f"{latin} line 2: is not UTF-8 text.",
        f"{pipe}: there is no such file, or it is not a plain one.",
        f"{tmp_path}: there is no such file, or it is not a plain one.",
    )


_ODD_LINES = ["[[period]]", "[period]", "ends = 1", "x = [", '"""', "kind = ['local']", "id = {a = 1}", "[period.a]"]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PLAIN.splitlines(), *_ODD_LINES]), max_size=12))
def test_no_mixture_of_lines_makes_the_reader_fail_in_any_other_way(lines: list[str]) -> None:
    found: tuple[str, ...] = ()
    try:
        read_text("\n".join(lines), "c.toml")
    except ConfigFaults as refusal:
        found = refusal.faults
    assert all(each.startswith("c.toml line ") for each in found)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked.toml"
    locked.write_text(PLAIN)

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigFaults) as caught:
        read_files([locked])
    assert caught.value.faults == (f"{locked}: cannot be read: Permission denied.",)


# --- freezes ------------------------------------------------------------------------------------------------------

FREEZE = """\
[[period]]
id = "freeze"
name = "Everything waits"
kind = "freeze"
bodies = ["uk-civil-service"]
nations = ["UK"]
starts = 2027-03-22T10:00:00
"""


def test_a_freeze_needs_no_end_and_then_holds_until_somebody_says_that_it_is_over() -> None:
    (found,) = read_text(FREEZE, "c.toml")
    assert (found.kind, found.end_mode, found.ended_at()) == (Kind.FREEZE, EndMode.MANUAL_LIFT, None)
    (ended,) = read_text(FREEZE + "ends = 2027-03-23T10:00:00\n", "c.toml")
    assert (ended.end_mode, ended.ended_at()) == (EndMode.FIXED, ended.ends)


def test_only_a_freeze_may_leave_its_end_out_and_not_with_a_fixed_one() -> None:
    assert faults(FREEZE.replace('"freeze"\nbodies', '"departmental"\nbodies')) == ("c.toml line 1: the period has no ends.",)
    assert faults(FREEZE + 'end_mode = "fixed"\n') == (
        "c.toml line 8: a freeze without an end is over when a person says so: leave out end_mode.",
    )
