"""The whole life of a post by the command line, as the different people who must take part in it."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.posts import Delivery, DeliveryState, Heartbeat, RateLimit
from tests.cli.conftest import Desk


def test_a_post_goes_from_draft_to_published_by_different_people(desk: Desk) -> None:
    """asha writes, bede clears, asha schedules, the daemon publishes; the receipt and the record are on the post."""
    made = desk.new("The bridge opens on Monday.", "--at", "+2h")
    assert made["state"] == "draft"
    assert made["verdict"] == "allow"
    number = str(made["post"])

    submitted = desk.ok("post", "submit", number, "--json", by="asha").object
    assert submitted == {"post": made["post"], "state": "in_review", "digest": made["digest"]}

    line = ["post", "decide", number, "--stage", "approval", "--approve", "--digest", made["digest"], "--json"]
    assert desk.ok(*line, by="bede").object["state"] == "cleared"

    queued = desk.ok("post", "schedule", number, "--at", "now", "--json", by="asha").object
    assert queued["state"] == "scheduled"
    assert queued["accounts"][0]["account"] == "outbox"

    program = [sys.executable, "-m", "purdah_scheduler", "--config", str(desk.path), "daemon", "--once"]
    daemon = subprocess.run(program, capture_output=True, check=False, timeout=60)
    assert daemon.returncode == 0, daemon.stderr

    shown = desk.shown(made["post"])
    account = shown["accounts"][0]
    assert account["state"] == "published"
    assert account["remote_url"].startswith("outbox:")
    assert account["published_at"]
    assert [entry["action"] for entry in shown["history"]][:4] == [
        "post.created",
        "post.submitted",
        "decision.approve",
        "post.scheduled",
    ]
    assert desk.ok("audit", "verify", "--json").object["ok"] is True


def test_nobody_clears_what_they_wrote(desk: Desk) -> None:
    made = desk.ok(
        *("post", "new", "--account", "outbox", "--category", "event", "--text", "Open day", "--json"), by="asha"
    ).object
    desk.ok("post", "submit", str(made["post"]), by="asha")
    ran = desk("post", "decide", str(made["post"]), "--stage", "approval", "--approve", "--digest", made["digest"], by="asha")
    assert (ran.code, ran.out) == (1, "")
    assert desk.shown(made["post"])["state"] == "in_review"


@pytest.mark.parametrize(
    ("stage", "options", "by", "code", "words"),
    [
        ("legal", ("--approve",), "bede", 1, "no stage “legal”"),
        ("approval", ("--approve", "--digest", "1111-2222"), "bede", 1, "1111-2222"),
        ("approval", ("--approve", "--digest", ""), "bede", 64, "needs the digest"),
        ("approval", ("--approve", "--reject"), "bede", 64, "one of --approve"),
        ("approval", (), "bede", 64, "one of --approve"),
        ("approval", ("--reject",), "bede", 64, "needs a reason"),
        ("approval", ("--approve",), "nobody", 64, "no person"),
        ("approval", ("--approve",), "", 64, "who the login"),
        ("sign-off", ("--approve", "--reason", "x"), "bede", 1, "sign off"),
    ],
)
def test_a_decision_that_cannot_be_taken_changes_nothing(
    desk: Desk, stage: str, options: tuple[str, ...], by: str, code: int, words: str
) -> None:
    made = desk.new()
    number = str(made["post"])
    desk.ok("post", "submit", number, by="asha")
    digest = () if "--digest" in options else ("--digest", made["digest"])
    ran = desk("post", "decide", number, "--stage", stage, *options, *digest, by=by)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert "Next: " in ran.err
    shown = desk.shown(made["post"])
    assert (shown["state"], shown["decisions"]) == ("in_review", [])


def test_an_edit_drops_clearance_and_says_whose(desk: Desk) -> None:
    post = desk.cleared()
    ran = desk.ok("post", "edit", str(post), "--text", "The bridge opens on Tuesday.", "--json", by="asha")
    assert "bede" in ran.err
    assert ran.object["state"] == "draft"
    assert ran.object["revision"] == 2
    assert any("bede" in sentence for sentence in ran.object["dropped"])
    shown = desk.shown(post)
    (decision,) = shown["decisions"]
    assert decision["counts"] is False
    assert decision["why_not"]
    assert shown["clearance"]["missing"][0]["people"] == ["bede", "carys"]


def test_a_new_title_costs_no_clearance(desk: Desk) -> None:
    post = desk.cleared()
    ran = desk.ok("post", "edit", str(post), "--title", "Bridge", "--notes", "Ask Joan", "--at", "+3h", "--json", by="asha")
    assert (ran.object["state"], ran.object["revision"], ran.object["dropped"]) == ("cleared", 1, [])
    shown = desk.shown(post)
    assert (shown["title"], shown["notes"]) == ("Bridge", "Ask Joan")
    assert shown["planned_at"] is not None


def test_an_edit_takes_a_queued_post_out_of_the_queue(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    ran = desk.ok("post", "edit", str(post), "--text", "Other words", by="asha")
    assert "out of the queue on outbox" in ran.err
    assert desk.shown(post)["state"] == "draft"


def test_a_blocked_time_is_put_on_hold_at_once_and_asks_for_attention(desk: Desk) -> None:
    post = desk.cleared(category="announcement")
    desk.house.block()
    ran = desk("post", "schedule", str(post), "--at", "+2h", "--json", by="asha")
    assert ran.code == 2
    (account,) = ran.object["accounts"]
    assert (account["state"], account["verdict"]) == ("held", "block")
    assert "Invented general election" in account["reason"]
    assert account["next"]
    (line,) = desk.ok("post", "list", "--state", "held", "--json").objects
    assert (line["state"], line["verdict"]) == ("held", "block")


def test_a_flag_waits_for_a_sign_off_which_an_approver_alone_cannot_give(desk: Desk) -> None:
    post = desk.cleared(category="factual-policy")
    desk.house.block()
    digest = desk.shown(post)["digest"]
    ran = desk("post", "schedule", str(post), "--at", "+2h", by="asha")
    assert ran.code == 0
    assert "sign-off" in ran.err
    line = ("post", "decide", str(post), "--stage", "sign-off", "--approve", "--digest", digest, "--reason", "Neutral facts.")
    assert desk(*line, by="bede").code == 1
    shown = desk.ok("post", "show", str(post)).out
    assert "outbox: “Invented general election”: rule factual-policy in strict" in shown
    assert "Not signed off yet: it takes the role propriety." in shown
    assert "Director of Communication" in shown
    ran = desk.ok(*line, by="carys")
    assert "Signed off for “Invented general election”: rule factual-policy in strict." in ran.out
    found = desk.shown(post)
    assert found["sign_off_needed"] == []
    (flag,) = found["flags"]
    assert (flag["account"], flag["role"], flag["signed"]["person"], flag["earlier"]) == ("outbox", "propriety", "carys", "")
    assert "Signed off by carys" in desk.ok("post", "show", str(post)).out


def test_a_sign_off_that_answers_nothing_is_refused(desk: Desk) -> None:
    post = desk.cleared(category="factual-policy")
    digest = desk.shown(post)["digest"]
    line = ("post", "decide", str(post), "--stage", "sign-off", "--approve", "--digest", digest, "--reason", "Neutral facts.")
    ran = desk(*line, by="carys")
    assert ran.code == 1
    assert "no flag" in ran.err


def test_a_sign_off_lapses_when_the_period_is_extended(desk: Desk) -> None:
    post = desk.cleared(category="factual-policy")
    desk.house.block()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    digest = desk.shown(post)["digest"]
    line = ("post", "decide", str(post), "--stage", "sign-off", "--approve", "--digest", digest, "--reason", "Neutral facts.")
    assert desk.ok(*line, "--json", by="carys").object["signed"] == ["“Invented general election”: rule factual-policy in strict"]
    desk.ok("calendar", "extend", "test-election", "--to", "+50d 09:30", "--reason", "The poll is later.", by="carys")
    (flag,) = desk.shown(post)["flags"]
    assert flag["signed"] is None
    assert "the period was extended on" in flag["earlier"]
    assert "the period was extended on" in " ".join(desk.ok("post", "show", str(post)).out.split())


def test_a_campaign_is_exempted_listed_and_revoked(desk: Desk) -> None:
    post = str(desk.cleared("--campaign", "Winter warmth", category="announcement"))
    desk.house.block()
    assert desk("post", "schedule", post, "--at", "+2h", by="asha").code == 2
    line = ("--until", "+3d 09:00", "--reason", "Safety of the public")
    assert desk("exemption", "grant", "--campaign", "Winter warmth", *line, by="carys").code == 64
    for period in ("test-electoin", "nonsense"):
        assert desk("exemption", "grant", "--campaign", "Winter warmth", "--period", period, *line, by="carys").code == 64
    assert desk("exemption", "grant", *line, by="carys").code == 64
    assert desk("exemption", "grant", post, "--period", "test-election", *line, by="carys").code == 64
    grant = ("exemption", "grant", "--campaign", "winter  WARMTH", "--period", "test-election", *line)
    assert desk(*grant, by="bede").code == 1
    granted = desk.ok(*grant, by="carys")
    assert "Nothing is sent by it" in granted.out
    assert desk.shown(int(post))["accounts"][0]["state"] == "held"
    shown = desk.ok("post", "show", post).out
    assert "for the campaign “winter WARMTH”" in " ".join(shown.split())
    desk.ok("post", "release", post, by="asha")
    (listed,) = desk.ok("exemption", "list", "--json").objects
    assert (listed["post"], listed["campaign"], listed["periods"]) == (None, "winter WARMTH", ["test-election"])
    assert (listed["in_force"], listed["lifts"]) == (True, ["test-election"])
    assert "campaign" in desk.ok("exemption", "list", "--post", post).out
    desk.ok("calendar", "extend", "test-election", "--to", "+50d 09:30", "--reason", "The poll is later.", by="carys")
    assert desk.shown(int(post))["accounts"][0]["state"] == "held"
    assert "lapsed" in desk.ok("exemption", "list").out
    assert desk.ok("exemption", "revoke", "1", "--json", by="carys").object["campaign"] == "winter WARMTH"
    assert "revoked" in desk.ok("exemption", "list").out


def test_an_exemption_lets_a_blocked_post_be_released(desk: Desk) -> None:
    post = str(desk.cleared(category="announcement"))
    desk.house.block()
    assert desk("post", "schedule", post, "--at", "+2h", by="asha").code == 2
    assert desk("post", "release", post, by="asha").code == 1
    assert desk("exemption", "grant", post, "--until", "+3d 09:00", "--reason", "short", by="carys").code == 64
    assert desk("exemption", "grant", post, "--until", "+3d 09:00", "--reason", "Safety of the public", by="bede").code == 1
    granted = desk.ok(
        "exemption", "grant", post, "--until", "+3d 09:00", "--reason", "Safety of the public", "--json", by="carys"
    )
    desk.ok("post", "release", post, by="asha")
    (listed,) = desk.ok("exemption", "list", "--json").objects
    assert (listed["exemption"], listed["in_force"]) == (granted.object["exemption"], True)
    number = str(granted.object["exemption"])
    desk.ok("exemption", "revoke", number, by="carys")
    assert desk("exemption", "revoke", number, by="carys").code == 1
    assert desk("exemption", "revoke", "77", by="carys").code == 64
    assert desk.ok("exemption", "list", "--post", post, "--json").objects[0]["in_force"] is False


def test_a_person_holds_and_releases(desk: Desk) -> None:
    post = str(desk.cleared())
    desk.ok("post", "schedule", post, "--at", "+2h", by="asha")
    held = desk.ok("post", "hold", post, "--reason", "Waiting for the figures.", "--json", by="bede").object
    assert held["accounts"] == {"outbox": "held"}
    released = desk.ok("post", "release", post, "--json", by="asha").object
    assert released["accounts"][0]["state"] == "scheduled"


def test_a_queued_post_moves_and_is_cancelled(desk: Desk) -> None:
    post = str(desk.cleared())
    desk.ok("post", "schedule", post, "--at", "+2h", by="asha")
    before = desk.shown(int(post))["accounts"][0]["due_at"]
    desk.ok("post", "move", post, "--at", "+5h", by="asha")
    assert desk.shown(int(post))["accounts"][0]["due_at"] > before
    cancelled = desk.ok("post", "cancel", post, "--reason", "The event is off.", "--json", by="asha").object
    assert cancelled["state"] == "withdrawn"
    assert desk("post", "schedule", post, "--at", "+2h", by="asha").code == 1


def test_a_time_that_has_passed_is_refused(desk: Desk) -> None:
    post = str(desk.cleared())
    ran = desk("post", "schedule", post, "--at", "yesterday 09:00", by="asha")
    assert ran.code == 64
    assert "nothing is sent late" in ran.err


def unknown_on(desk: Desk, post: int) -> Delivery:
    """Bring the delivery of a scheduled post to `unknown`, as a daemon that was killed would leave it."""
    now = desk.house.office.now()
    actor = desk.house.actor("dougal")
    with desk.house.office.store.write() as tx:
        (entry,) = tx.claim_due(now=now + timedelta(days=1), owner="test", lease_until=now + timedelta(days=2), limit=1)
        assert entry.post == post
        for state in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
            moved = replace(entry, state=state)
            tx.save_delivery(moved, was=entry.state)
            entry = moved
        record(tx, actor, "delivery.unknown", at=now, post=post, delivery=entry.id)
    return entry


def test_an_unknown_outcome_shows_its_next_step_and_is_settled_by_a_person_who_looked(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    unknown_on(desk, post)
    shown = desk.ok("post", "show", str(post)).out
    assert f"post resolve {post} --published URL" in shown
    assert "may have been published" in shown
    assert desk("post", "resolve", str(post), by="dougal").code == 64
    assert desk("post", "resolve", str(post), "--published", "no address", by="dougal").code == 64
    assert desk("post", "resolve", str(post), "--not-published", by="asha").code == 1
    settled = desk.ok("post", "resolve", str(post), "--published", "https://x.com/dept/status/1", "--json", by="dougal")
    assert settled.object["state"] == "published"
    assert settled.object["remote_url"] == "https://x.com/dept/status/1"


def test_a_look_is_asked_of_the_daemon_by_those_who_may_settle_it_and_says_where_no_daemon_runs(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    unknown_on(desk, post)
    assert desk("post", "resolve", str(post), "--look", "--not-published", by="dougal").code == 64
    assert desk("post", "resolve", str(post), "--look", by="asha").code == 1
    asked = desk.ok("post", "resolve", str(post), "--look", by="dougal")
    assert "No daemon is running, so nobody looks yet" in asked.err
    assert desk.ok("post", "resolve", str(post), "--look", "--json", by="dougal").object["look_asked"] is True
    assert "asked" in desk.ok("post", "history", str(post)).out
    assert desk.house.view(post).accounts[0].state == "unknown"


def test_what_was_not_published_waits_for_a_person(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    unknown_on(desk, post)
    assert desk.ok("post", "resolve", str(post), "--not-published", "--json", by="dougal").object["state"] == "held"


def test_a_rate_limit_is_shown_while_it_holds(desk: Desk) -> None:
    now = desk.house.office.now()
    account = desk.house.config.accounts[0].id
    over = RateLimit(account="long-over", until=now - timedelta(hours=1), reason="429", at=now - timedelta(hours=2))
    limit = RateLimit(account=account, until=now + timedelta(hours=1), reason="It takes no more posts.", at=now)
    with desk.house.office.store.write() as tx:
        tx.set_rate_limit(over)
        tx.set_rate_limit(limit)
        record(tx, desk.house.actor("dougal"), "account.rate-limited", at=now)
    shown = desk("status")
    assert "It takes no more posts." in shown.out
    assert "long-over" not in shown.out
    (told,) = desk("status", "--json").object["rate_limits"]
    assert (told["account"], told["reason"]) == (account, limit.reason)
    assert datetime.fromisoformat(told["until"]) == limit.until.replace(microsecond=0)
    assert "waits until" in desk.ok("account", "list").out
    listed = {entry["account"]: entry["limited_until"] for entry in desk.ok("account", "list", "--json").objects}
    assert listed[account] == told["until"]


def test_a_suspended_approver_no_longer_counts(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("people", "suspend", "bede", "--reason", "Has left.", by="dougal")
    shown = desk.shown(post)
    assert shown["clearance"]["complete"] is False
    assert "suspended" in shown["decisions"][0]["why_not"]
    desk.ok("people", "restore", "bede", by="dougal")
    assert desk.shown(post)["clearance"]["complete"] is True


def test_suspending_somebody_names_the_queued_posts_that_are_not_cleared_any_more(desk: Desk) -> None:
    late, soon = desk.cleared(), desk.cleared()
    desk.cleared()  # in no queue
    for post, at in ((late, "+3h"), (soon, "+2h")):
        desk.ok("post", "schedule", str(post), "--at", at, by="asha")
    ran = desk.ok("people", "suspend", "bede", by="dougal")
    assert f"Without these clearances 2 posts of the queue will be held when due: {soon}, {late}." in ran.err
    desk.ok("people", "restore", "bede", by="dougal")
    assert desk.ok("people", "suspend", "bede", "--json", by="dougal").object["not_cleared"] == [soon, late]
    assert desk.ok("people", "suspend", "carys", "--json", by="dougal").object["not_cleared"] == []


def test_nobody_suspends_themselves(desk: Desk) -> None:
    """The last operator would be gone, and nobody could restore anybody."""
    ran = desk("people", "suspend", "dougal", by="dougal")
    assert (ran.code, "Nobody suspends themselves" in ran.err) == (64, True)
    assert not any(person["suspended"] for person in desk.ok("people", "list", "--json").objects)


def test_what_comes_next_for_a_post_in_review_is_its_clearance_also_inside_a_block(desk: Desk) -> None:
    desk.house.block()
    made = desk.new(category="announcement")
    ran = desk.ok("post", "submit", str(made["post"]), by="asha")
    steps = [line for line in ran.err.splitlines() if line.startswith("Next: ")]
    assert steps == [f"Next: purdah-scheduler post decide {made['post']} --stage approval --approve --digest {made['digest']}"]


def test_who_queues_a_post_while_nobody_publishes_is_told(desk: Desk) -> None:
    post = desk.cleared()
    told = desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha").err
    assert "No daemon is running, so nothing is published. Next: purdah-scheduler daemon" in told
    now = desk.house.office.now()
    alive = Heartbeat(owner="o", host="host1", pid=812, started_at=now, seen_at=now, every=60.0, version="1")
    desk.house.office.store.beat(alive, high_water=now)
    assert "No daemon" not in desk.ok("post", "move", str(post), "--at", "+3h", by="asha").err


def test_posts_are_listed_by_days_too(desk: Desk) -> None:
    """`--from` is the beginning of a day, `--to` the end of one, and a day of this year may have passed."""
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "tomorrow 23:30", by="asha")

    def listed(*line: str) -> list[int]:
        return [found["post"] for found in desk.ok("post", "list", "--json", *line).objects]

    assert listed("--from", "tomorrow", "--to", "tomorrow") == [post]
    assert listed("--from", "1/1", "--to", "today") == []
    assert listed("--from", "tomorrow 23:31", "--to", "+3d") == []
    ran = desk("post", "list", "--from", "soonish")
    assert (ran.code, "“soonish” is not a time" in ran.err) == (64, True)


def test_a_time_in_the_record_is_told_as_people_read_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the zone of the house, with its name, as everywhere else; scripts have the instant."""
    monkeypatch.delenv("COLUMNS", raising=False)  # in a narrow window the end of a line is cut
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "2027-07-01T09:30", by="asha")
    assert "due: Thu 1 Jul 2027 09:30 BST" in desk.ok("post", "history", str(post)).out
    assert "due: Thu 1 Jul 2027 09:30 BST" in desk.ok("audit", "log").out
    assert desk.ok("audit", "log", "--json").objects[-1]["facts"]["due"] == "2027-07-01T08:30:00+00:00"
