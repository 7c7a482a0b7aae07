"""`reconcile`: what somebody posted past this product is named, what was taken down is named, and nothing is changed."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.bootstrap import channel_opener, open_office, read_config
from purdah_scheduler.domain.posts import DeliveryState
from tests import houses
from tests.channels import platforms
from tests.cli.conftest import Desk
from tests.fakes import x_rules
from tests.fakes.fake_x import FakeX
from tests.fakes.x_rules import write_credentials


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as fake:
        yield fake


@pytest.fixture
def x_desk(tmp_path: Path, x: FakeX) -> Iterator[Desk]:
    """A house whose one account is on X."""
    house = houses.build(tmp_path / "house", accounts=("x-main",), x_base_url=x.base_url)
    write_credentials(house.config.folder / "x-main.toml")
    yield Desk(house)
    house.office.store.close()


def publish(desk: Desk, text: str = "The bridge opens on Monday.", *, lost: bool = False) -> int:
    """A post that the daemon has just sent; where this machine stalled before the request it goes back and is sent again."""
    office, config = desk.house.office, desk.house.config
    post = desk.house.scheduled(text)
    publisher = Publisher(office, owner=Owner(name="daemon"), open_channel=channel_opener(config, office.clock))
    for _try in range(600):
        for claimed in publisher.claim(1):
            publisher.deliver(claimed)
        if desk.house.delivery(post).state is not DeliveryState.SCHEDULED:
            break
        time.sleep(0.1)
    assert desk.house.delivery(post).state is (DeliveryState.UNKNOWN if lost else DeliveryState.PUBLISHED)
    return post


def test_what_was_sent_from_here_is_ours(x_desk: Desk, x: FakeX) -> None:
    publish(x_desk)
    (told,) = x_desk.ok("reconcile", "--json").objects
    assert (told["seen"], told["ours"], told["whole"], told["strange"]) == (1, 1, True, [])
    assert all(line.startswith(("GET", "POST /2/tweets")) for line in x.requests)
    assert x.requests.count("POST /2/tweets") == 1


def test_what_nobody_sent_from_here_is_named_and_needs_attention(x_desk: Desk, x: FakeX) -> None:
    publish(x_desk)
    stranger = x.record("Truth twisters! \x1b[2J https://example.org/?a=1&b=2")
    ran = x_desk("reconcile", "x-main", "--json")
    (strange,) = ran.object["strange"]
    assert (ran.code, strange["what"], strange["remote_id"], strange["posts"]) == (2, "not-ours", stranger.id, [])
    assert strange["url"] == f"https://x.com/{x_rules.USERNAME}/status/{stranger.id}"
    assert "https://example.org/?a=1&b=2" in strange["text"]
    ran = x_desk("reconcile")
    assert (ran.code, "2 since" in ran.out, "NOT SENT FROM HERE" in ran.out) == (2, True, True)
    assert "\x1b" not in ran.out


def test_what_was_sent_and_is_gone_is_named(x_desk: Desk, x: FakeX, monkeypatch: pytest.MonkeyPatch) -> None:
    post = publish(x_desk)
    x.remove(x.ids()[0])
    assert x_desk.ok("reconcile", "--json").object["strange"] == []  # the platform may be some minutes behind
    monkeypatch.setattr("purdah_scheduler.channels.x._LAG", timedelta(0))
    ran = x_desk("reconcile", "--json")
    (strange,) = ran.object["strange"]
    assert (ran.code, strange["what"], strange["posts"]) == (2, "gone", [post])
    assert f"post history {post}" in x_desk("reconcile").out


def test_one_that_may_be_ours_names_the_post_whose_outcome_is_unknown(x_desk: Desk, x: FakeX) -> None:
    x.behave("lose_answer", path="/2/tweets")
    post = publish(x_desk, lost=True)
    ran = x_desk("reconcile", "--json")
    (strange,) = ran.object["strange"]
    assert (ran.code, strange["what"], strange["posts"]) == (2, "not-ours", [post])
    x_desk.ok("post", "resolve", str(post), "--published", strange["url"], by="dougal")
    assert x_desk.ok("reconcile", "--json").object["strange"] == []


def test_only_what_is_asked_for_is_looked_at(x_desk: Desk, x: FakeX) -> None:
    x.record("Last month.", at=datetime.now(UTC) - timedelta(days=30))
    for number in range(3):
        x.record(f"Number {number}")
    assert [x_desk("reconcile", "--json").object[name] for name in ("seen", "whole")] == [3, True]
    assert x_desk("reconcile", "--since", "1 january 2020", "--json").object["seen"] == 4
    cut = x_desk("reconcile", "--limit", "2", "--json").object
    assert (cut["seen"], cut["whole"]) == (2, False)
    assert "older ones that were not looked at" in x_desk("reconcile", "--limit", "2").out


def test_a_time_to_come_is_refused(x_desk: Desk, x: FakeX) -> None:
    assert (x_desk("reconcile", "--since", "tomorrow 09:30").code, x.requests) == (64, [])


@pytest.mark.parametrize(("behaviour", "code"), [("401", 2), ("503", 69), ("drop_before", 69), ("429", 75)])
def test_an_account_that_cannot_be_looked_at_is_said_to_be_so(x_desk: Desk, x: FakeX, behaviour: str, code: int) -> None:
    x.behave(behaviour, **({"headers": {"retry-after": "60"}} if behaviour == "429" else {}))
    ran = x_desk("reconcile", "--json")
    assert (ran.code, ran.object["looked"]) == (code, False)
    assert x.posts == []


def test_secrets_that_are_missing_are_78(x_desk: Desk) -> None:
    (x_desk.path.parent / "x-main.toml").unlink()
    assert x_desk("reconcile").code == 78


def test_the_outbox_shows_a_file_that_somebody_put_there(desk: Desk) -> None:
    publish(desk)
    folder = desk.house.config.data_folder / "outbox" / "outbox"
    (folder / f"{datetime.now(UTC):%Y-%m-%dT%H%MZ}-smuggled.txt").write_text("A: b\n\nNot ours.\n", "utf-8")
    (folder / "2026-99-99T9999Z-odd.txt").write_text("", "utf-8")
    ran = desk("reconcile", "--json")
    assert (ran.code, [each["text"] for each in ran.object["strange"]]) == (2, ["Not ours."])


def test_where_people_post_by_hand_only_people_can_look(desk: Desk) -> None:
    block = '\n[[account]]\nid = "page"\nchannel = "manual-linkedin"\nhandle = "Rivers"\nbody = "uk-civil-service"\n'
    desk.path.write_text(desk.path.read_text("utf-8") + block, "utf-8")
    ran = desk.ok("reconcile", "page", "--json")
    assert (ran.object["looked"], "look at it yourself" in ran.object["said"]) == (False, True)


@pytest.mark.parametrize("name", [name for name in platforms.NAMES if name != "x"])
def test_every_platform_can_be_compared(tmp_path: Path, name: str) -> None:
    with platforms.running(name, tmp_path) as platform:
        house = houses.build(tmp_path / "house")
        path = house.config.path
        account = platform.account
        facts = {"id": "outbox", "channel": name, "handle": account.handle, "body": "uk-civil-service"}
        facts |= {"base_url": platform.base_url, "credentials": account.credentials}
        text = path.read_text("utf-8").partition("[[account]]")[0]
        path.write_text(text + "[[account]]\n" + "".join(f'{key} = "{value}"\n' for key, value in facts.items()), "utf-8")
        house.office.store.close()
        config = read_config(path)
        office = open_office(config)
        desk = Desk(houses.House(config=config, office=office))
        sent = platform.compose("The bridge opens on Monday.")
        publish(desk, sent)
        assert desk.ok("reconcile", "--json").object["ours"] == 1
        office.store.close()
