"""What the tests of the channels share: accounts, posts, and a stand-in for X that every test has to itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account, AccountKind, Replies
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.web import TimeLimits
from tests.channels.real_platforms import RealServers
from tests.fakes.fake_x import FakeX
from tests.fakes.x_rules import CREDENTIALS, USERNAME
from tests.servers.hosting import CACHE

MakeX = Callable[..., XChannel]
SERVERS = pytest.StashKey[RealServers]()
"""Where a run keeps its real servers until it has ended."""


@pytest.fixture(scope="session")
def real_servers(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[RealServers]:
    """Real servers, each started when it is asked for; they are installed once, into a folder that git ignores."""
    servers = RealServers(CACHE, tmp_path_factory.mktemp("servers"))
    pytestconfig.stash[SERVERS] = servers
    yield servers
    servers.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After a run with real servers: what each fault ended with, and what each server took."""
    servers = config.stash.get(SERVERS, None)
    if servers is None or not servers.costs:
        return
    terminalreporter.section("real servers")
    for line in (*servers.fault_table(), "", *servers.cost_table()):
        terminalreporter.write_line(line)


@pytest.fixture
def fake_x() -> Iterator[FakeX]:
    with FakeX() as fake:
        yield fake


@pytest.fixture
def make_account() -> Callable[..., Account]:
    def make(**changes: str) -> Account:
        wanted = {"id": "dept", "channel": "x", "handle": f"@{USERNAME}", **changes}
        return Account(**wanted, kind=AccountKind.DEPARTMENT, body=Body.UK_CIVIL_SERVICE)  # type: ignore[arg-type]  # texts only

    return make


@pytest.fixture
def make_x(fake_x: FakeX, make_account: Callable[..., Account]) -> MakeX:
    """A channel to the stand-in; limits are small enough to wait for, and tokens can be wrong one by one."""

    def make(
        *,
        base_url: str = "",
        limits: TimeLimits | None = None,
        handle: str = f"@{USERNAME}",
        threads: bool = False,
        replies: Replies = Replies.EVERYONE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        **tokens: str,
    ) -> XChannel:
        return XChannel(
            replace(make_account(handle=handle), threads=threads, replies=replies),
            Credentials({name: Secret(value) for name, value in {**CREDENTIALS, **tokens}.items()}),
            base_url=base_url or fake_x.base_url,
            limits=limits or TimeLimits(connect=2, read=5, total=10),
            now=now,
            wait=lambda _seconds: None,
        )

    return make


@pytest.fixture
def post() -> Outgoing:
    return Outgoing(key="d1-r1", account="dept", text="The office is open on Monday.", not_before=datetime.now(UTC))


@pytest.fixture
def credentials_file(tmp_path: Path) -> Path:
    path = tmp_path / "x.toml"
    path.touch(mode=0o600)
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in CREDENTIALS.items()), "utf-8")
    return path
