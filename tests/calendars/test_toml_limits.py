"""Periods in calendar files that are limited to accounts, channels or a campaign, and departmental ones with their own rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler import bootstrap
from purdah_scheduler.calendars.period_table import Names, read_period
from purdah_scheduler.calendars.shipped import load
from purdah_scheduler.calendars.toml_file import read_text
from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period
from purdah_scheduler.errors import ConfigFaults
from tests.fuzz import fuzzed, in_time, shows, texts

pytestmark = in_time

MAIN = Account(id="x-main", channel="x", handle="@main", kind=AccountKind.DEPARTMENT, body=Body.UK_CIVIL_SERVICE)
COUNCIL = Account(id="anytown", channel="outbox", handle="", kind=AccountKind.LOCAL_AUTHORITY, body=Body.LOCAL_AUTHORITY)
NAMES = Names(accounts=(MAIN, COUNCIL), channels=("outbox", "x"), regimes=load()[1].own_regimes)

STARTS = datetime(2027, 1, 11, 9, tzinfo=UTC)

BLACKOUT = """\
[[period]]
id = "pause"
name = "Winter pause"
kind = "departmental"
starts = 2027-01-11T09:00:00
ends = 2027-01-25T00:00:00
"""
SCOPED = """\
bodies = ["uk-civil-service"]
nations = ["England"]
"""


def faults(text: str, names: Names = NAMES) -> tuple[str, ...]:
    with pytest.raises(ConfigFaults) as caught:
        read_text(text, "c.toml", names=names)
    return caught.value.faults


def test_every_limit_and_the_own_rules_are_read() -> None:
    limits = 'accounts = ["x-main"]\nchannels = ["x"]\ncampaign = " Winter warmth "\nregime = "strict"\n'
    (period,) = read_text(BLACKOUT + SCOPED + limits, "c.toml", names=NAMES)
    assert (period.accounts, period.channels) == (frozenset({"x-main"}), frozenset({"x"}))
    assert (period.campaign, period.regime) == ("Winter warmth", "strict")
    assert (period.bodies, period.nations) == (frozenset({Body.UK_CIVIL_SERVICE}), frozenset({Nation.ENGLAND}))


@pytest.mark.parametrize("limit", ['accounts = ["x-main"]', 'channels = ["x"]', 'campaign = "Winter warmth"'])
@pytest.mark.parametrize("kind", [Kind.DEPARTMENTAL, Kind.FREEZE])
def test_a_blackout_or_freeze_with_a_limit_alone_binds_every_body_and_audience(kind: Kind, limit: str) -> None:
    (period,) = read_text(BLACKOUT.replace("departmental", kind) + limit, "c.toml", names=NAMES)
    assert (period.bodies, period.nations) == (frozenset(Body), frozenset({Nation.UK}))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (BLACKOUT, ("bodies", "nations")),
        (BLACKOUT + 'area = "Anytown"', ("bodies", "nations")),
        (BLACKOUT + 'regime = "strict"', ("bodies", "nations")),
        (BLACKOUT.replace("departmental", "local") + 'campaign = "Winter"', ("bodies", "nations")),
    ],
)
def test_every_other_period_says_whom_it_binds(text: str, missing: tuple[str, ...]) -> None:
    assert faults(text) == tuple(f"c.toml line 1: the period has no {key}." for key in missing)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('accounts = ["x-mian"]', "there is no account 'x-mian'; did you mean x-main?"),
        ('accounts = ["zzz"]', "there is no account 'zzz'; known are x-main, anytown."),
        ('accounts = "x-main"', 'accounts must be a list, such as accounts = ["x-main"].'),
        ("accounts = [1]", "accounts must be a list"),
        ('accounts = [" "]', "accounts must be a list"),
        ("accounts = []", "accounts is empty: leave it out where the period is not limited to any."),
        ('accounts = ["anytown"]', "the account anytown belongs to local-authority, which is not among the bodies."),
        ('channels = ["blueski"]', "there is no channel 'blueski'; known are outbox, x."),
        ('channels = ["outbux"]', "there is no channel 'outbux'; did you mean outbox?"),
        ("channels = [[]]", 'channels must be a list, such as channels = ["outbox"].'),
        ("campaign = 1", 'campaign must be text in quotes, such as campaign = "…".'),
        ('campaign = "a\\u202eb"', "campaign has a character that cannot be shown"),
        ('regime = "stict"', "a period cannot have the rules 'stict'; did you mean strict?"),
        ('regime = "none"', "a period cannot have the rules 'none'; known are strict, care"),
        ('regime = "referendum"', "a period cannot have the rules 'referendum'; known are strict, care"),
        ("regime = 1", 'regime must be text in quotes, such as regime = "…".'),
        ('account = ["x-main"]', "'account' is not a key of a period; did you mean accounts?"),
    ],
)
def test_each_fault_of_a_limit_is_told_with_its_line(line: str, says: str) -> None:
    (fault,) = faults(BLACKOUT + SCOPED + line)
    assert fault.startswith("c.toml line 9: ")
    assert says in fault


def test_an_account_on_another_channel_than_those_named_could_never_be_touched() -> None:
    assert faults(BLACKOUT + 'accounts = ["x-main"]\nchannels = ["outbox"]') == (
        "c.toml line 7: the account x-main is on x, which is not among the channels.",
    )


def test_a_name_that_is_very_long_or_cannot_be_shown_is_not_repeated_whole() -> None:
    (fault,) = faults(BLACKOUT + SCOPED + f'accounts = ["{"x" * 3000}"]')
    assert len(fault) < 200
    (fault,) = faults(BLACKOUT + SCOPED + 'channels = ["\\u001b[31m"]')
    assert fault.isprintable()


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.DEPARTMENTAL, Kind.BY_ELECTION)])
def test_rules_of_its_own_are_for_a_departmental_period_alone(kind: Kind) -> None:
    assert faults(BLACKOUT.replace("departmental", kind) + SCOPED + 'regime = "strict"') == (
        "c.toml line 9: only a departmental period has rules of its own: leave out regime.",
    )


def test_where_the_accounts_are_not_known_any_name_is_taken() -> None:
    (period,) = read_text(BLACKOUT + 'accounts = ["anything"]\nchannels = ["smoke"]\nregime = "own"', "c.toml")
    assert (period.accounts, period.channels, period.regime) == (frozenset({"anything"}), frozenset({"smoke"}), "own")


def test_the_calendar_files_of_a_configuration_are_read_with_its_accounts_and_the_products_channels() -> None:
    assert bootstrap.names_for(None).accounts is None
    assert "x" in (bootstrap.names_for(None).channels or ())
    assert bootstrap.names_for(None).regimes == load()[1].own_regimes


_NAMED = st.sampled_from(["x-main", "anytown", "x", "outbox", "strict", "none", "Winter warmth"]) | texts
_ANY = _NAMED | st.integers() | st.lists(_NAMED | st.integers(), max_size=3) | st.dates()
_LIMITS = ("bodies", "nations", "area", "accounts", "channels", "campaign", "regime", "ends")


@fuzzed
@given(
    st.sampled_from(sorted(Kind)),
    st.dictionaries(st.sampled_from(_LIMITS), _ANY, max_size=5),
    st.sampled_from([NAMES, Names()]),
)
def test_any_limits_are_a_period_or_a_list_of_faults(kind: str, limits: dict[str, object], names: Names) -> None:
    table = {"id": "a", "name": "A", "kind": kind, "starts": STARTS, "ends": STARTS + timedelta(days=3)}
    found = read_period(table | limits, origin="here", names=names)
    if isinstance(found, Period):
        assert found.bodies
        assert found.nations
        assert not found.regime or kind == Kind.DEPARTMENTAL
        assert names.accounts is None or found.accounts <= {"x-main", "anytown"}
    else:
        assert found
        assert all(shows(fault.sentence) for fault in found)
