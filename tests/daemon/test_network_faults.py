"""Everything that a network can do to a request, each on an account of its own under one daemon that runs as a process.

The table is that of docs/operator.md: what the daemon makes of each fault. The long run (`make test-long`) adds the two that take
as long as a request may last, and prints the seconds that each of them took.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from tests.daemon.conftest import closing
from tests.daemon.processes import PATIENCE, DaemonProcess, running, until
from tests.fakes.fake_x import FakeX
from tests.fakes.x_rules import write_credentials
from tests.houses import House, build

S = DeliveryState
LONGEST = 60.0
"""Seconds that no call may take."""

_YEAR_5138 = {"headers": {"x-rate-limit-reset": "99999999999"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to a request, what becomes of the post, and how many posts the platform has of it then.

    `behaviour` is of the stand-in for X; an empty one means that there is none, and `address` where the request goes instead.
    """

    name: str
    behaviour: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    state: DeliveryState
    code: str
    public: int


QUICK_FAULTS = (
    Fault(name="connection reset", behaviour="reset", state=S.UNKNOWN, code="outcome-unknown", public=0),
    Fault(name="closed without a byte", behaviour="lose_answer", state=S.UNKNOWN, code="outcome-unknown", public=1),
    Fault(name="half of an answer", behaviour="half_body", state=S.UNKNOWN, code="outcome-unknown", public=1),
    Fault(name="201 and a web page", behaviour="html_201", state=S.UNKNOWN, code="outcome-unknown", public=1),
    Fault(name="201 and nothing", behaviour="empty_201", state=S.UNKNOWN, code="outcome-unknown", public=1),
    Fault(name="201 without an id", behaviour="empty_data_201", state=S.UNKNOWN, code="outcome-unknown", public=1),
    Fault(name="200 and errors alone", behaviour="errors_200", state=S.FAILED, code="rejected", public=0),
    Fault(name="401", behaviour="401", state=S.HELD, code=HoldReason.NEEDS_LOGIN, public=0),
    Fault(name="403", behaviour="403", state=S.FAILED, code="rejected", public=0),
    Fault(name="403, a duplicate", behaviour="ok", options={"known": True}, state=S.PUBLISHED, code="", public=1),
    Fault(name="429", behaviour="429", state=S.SCHEDULED, code="will-retry", public=0),
    Fault(name="429 until the year 5138", behaviour="429", options=_YEAR_5138, state=S.MISSED, code="too-late", public=0),
    Fault(name="503", behaviour="503", state=S.UNKNOWN, code="outcome-unknown", public=0),
    Fault(name="307 to another host", behaviour="redirect", state=S.UNKNOWN, code="outcome-unknown", public=0),
    Fault(name="no such host", address="https://no-such-host.invalid", state=S.SCHEDULED, code="will-retry", public=0),
    Fault(name="connection refused", address="http://127.0.0.1:1", state=S.SCHEDULED, code="will-retry", public=0),
    Fault(name="no TLS where it should be", address="https://127.0.0.1:{plain}", state=S.SCHEDULED, code="will-retry", public=0),
)
SLOW_FAULTS = (
    Fault(name="never an answer", behaviour="hang", state=S.UNKNOWN, code="outcome-unknown", public=0),
    Fault(
        name="a byte every 0.4 s",
        behaviour="drip",
        options={"seconds": 0.4},
        state=S.UNKNOWN,
        code="outcome-unknown",
        public=1,
    ),
)


@dataclass
class Rig:
    """A house in which each fault has an account and, where there is one, a stand-in for X of its own."""

    house: House
    platforms: dict[str, FakeX]
    elsewhere: FakeX


def text_of(fault: Fault) -> str:
    return f"The ferry sails: {fault.name}."


def laid_out(stack: ExitStack, folder: Path, faults: Sequence[Fault]) -> Rig:
    """The stand-ins, each ready to go wrong once, and the house."""
    elsewhere, plain = stack.enter_context(FakeX()), stack.enter_context(FakeX())
    platforms, lines = {}, {}
    folder.mkdir(mode=0o700, exist_ok=True)
    for number, fault in enumerate(faults):
        account = f"x{number}"
        write_credentials(folder / f"{account}.toml")
        address = fault.address.format(plain=plain.port)
        if fault.behaviour:
            fake = platforms[fault.name] = stack.enter_context(FakeX())
            address = fake.base_url
            options = dict(fault.options)
            if options.pop("known", False):
                fake.record(text_of(fault), at=datetime.now(UTC) + timedelta(seconds=1))
            if fault.behaviour == "redirect":
                options["to"] = elsewhere.base_url
            if fault.behaviour != "ok":
                fake.behave(fault.behaviour, method="POST", **options)
        lines[account] = address
    return Rig(_build(stack, folder, lines), platforms, elsewhere)


def _build(stack: ExitStack, folder: Path, addresses: dict[str, str]) -> House:
    settings = {"heartbeat_seconds": 0.5, "retry_first_seconds": 300, "workers": 24}
    house = build(folder, accounts=(*addresses, "outbox"), x_base_url="http://127.0.0.1:1", daemon=settings)
    path = house.config.path
    text = path.read_text("utf-8")
    for account, address in addresses.items():
        ours = f'id = "{account}"\n'
        before, after = text.split(ours)
        text = before + ours + after.replace("http://127.0.0.1:1", address, 1)
    path.write_text(text, "utf-8")
    return stack.enter_context(closing(house))


def outcome(process: DaemonProcess, post: int) -> dict[str, Any] | None:
    """The first outcome of a post that the log tells of."""
    names = {f"delivery.{state}" for state in (S.UNKNOWN, S.FAILED, S.HELD, S.PUBLISHED, S.SCHEDULED, S.MISSED)}
    return next((event for event in process.events(post=post) if event["event"] in names), None)


def outcomes(rig: Rig, process: DaemonProcess, faults: Sequence[Fault]) -> dict[str, dict[str, Any]]:
    """Queue a post for each fault; what came of each, once every one has been through it."""
    posts = {fault.name: rig.house.scheduled(text_of(fault), f"x{number}") for number, fault in enumerate(faults)}
    until(lambda: all(outcome(process, post) for post in posts.values()), "an outcome of each", patience=LONGEST + PATIENCE)
    return {name: outcome(process, post) or {} for name, post in posts.items()}


def check(rig: Rig, faults: Sequence[Fault], found: dict[str, dict[str, Any]]) -> None:
    """Each in its state for its reason, asked for once, and as public as it is."""
    told = {fault.name: (fault.state, fault.code) for fault in faults}
    assert {name: (event["event"].removeprefix("delivery."), event.get("code") or "") for name, event in found.items()} == told
    for fault in faults:
        platform = rig.platforms.get(fault.name)
        if platform is not None:
            assert platform.requests.count("POST /2/tweets") == 1, fault.name
            assert platform.texts().count(text_of(fault)) == fault.public, fault.name
        assert found[fault.name]["ms"] < LONGEST * 1000, fault.name
    assert rig.elsewhere.requests == []
    assert rig.house.record_is_whole()


def test_each_fault_of_the_network_ends_in_its_state_and_is_asked_for_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        rig = laid_out(stack, tmp_path / "house", QUICK_FAULTS)
        with running(rig.house) as process:
            found = outcomes(rig, process, QUICK_FAULTS)
            assert process.stop() == 0
        check(rig, QUICK_FAULTS, found)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_fault_takes_longer_than_a_minute_and_other_accounts_go_on_meanwhile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = (*SLOW_FAULTS, *QUICK_FAULTS)
    with ExitStack() as stack:
        rig = laid_out(stack, tmp_path / "house", faults)
        house = rig.house
        with running(house) as process:
            slow = house.scheduled("Waits.", "x0")
            until(lambda: house.delivery(slow).state is S.SENDING)
            for number in range(10):
                process.wait_for("delivery.published", post=house.scheduled(f"Goes on: {number}.", "outbox"))
            assert house.delivery(slow).state is S.SENDING
            until(lambda: outcome(process, slow), patience=LONGEST + PATIENCE)
            rig.platforms[faults[0].name].behave(faults[0].behaviour, method="POST")
            rig.platforms[faults[0].name].requests.clear()
            found = outcomes(rig, process, faults)
            assert process.stop() == 0
        with capsys.disabled():
            print()
            for fault in faults:
                event = found[fault.name]
                code = event.get("code") or ""
                print(f"{fault.name:<28} {event['event'].removeprefix('delivery.'):<10} {code:<16} {event['ms'] / 1000:6.2f} s")
        check(rig, faults, found)
