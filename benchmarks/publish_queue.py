"""The product under the publishing benchmark: a queue filled in bulk, and the real daemon with the loopback platform.

`python -m benchmarks.publish_queue CONFIG PORT` is the daemon. Everything else in it is as it is for people: claim, gate, intent
committed and synced, one request, outcome committed and synced, one entry of the record for each.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import insert

from benchmarks.publish_platform import ask
from purdah_scheduler import bootstrap
from purdah_scheduler.application.answers import AccountCheck, Limits, Receipt
from purdah_scheduler.application.ports import Store
from purdah_scheduler.channels import outbox_text
from purdah_scheduler.config import Config
from purdah_scheduler.daemon.run import run_daemon
from purdah_scheduler.domain.audit import NewEntry, verify
from purdah_scheduler.domain.clearance import Choice, Decision
from purdah_scheduler.domain.content import AccountContent, Content, Outgoing, Problem, digest
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState, Revision
from purdah_scheduler.store import decision_rows, rows, schema
from purdah_scheduler.store.shown import folded, preview, searched

ACCOUNTS = 100
_PIECE = 20_000
_CONFIG = """\
[department]
name = "Department for Benchmarks"

{store}

[calendar]
shipped = true

[daemon]
workers = {hands}

[[clearance.stage]]
id = "press"
role = "approver"

[[person]]
id = "ann"
name = "Ann Author"
roles = ["author"]

[[person]]
id = "bob"
name = "Bob Approver"
roles = ["approver", "propriety"]
"""
_ACCOUNT = """
[[account]]
id = "account{number}"
channel = "outbox"
handle = "account{number}"
kind = "department"
body = "uk-civil-service"
"""


def make(folder: Path, *, hands: int, store_url: str = "") -> Config:
    """A configuration of 100 accounts and its empty queue; with `store_url` the queue is there already."""
    folder.mkdir(mode=0o700)
    path = folder / "config.toml"
    path.touch(mode=0o600)
    text = _CONFIG.format(store=f'[store]\nurl = "{store_url}"' if store_url else "", hands=hands)
    path.write_text(text + "".join(_ACCOUNT.format(number=number) for number in range(ACCOUNTS)), "utf-8")
    config = bootstrap.read_config(path)
    if not store_url:
        bootstrap.create_queue(config)
    return config


def fill(store: Store, keys: Mapping[int, str], due: datetime) -> None:
    """Queue cleared posts for `due`, in turn over the accounts, as the product would have written them one by one.

    `keys` are their texts by their numbers, which are their ids.
    """
    numbers = list(keys)
    for start in range(0, len(numbers), _PIECE):
        piece = numbers[start : start + _PIECE]
        _fill(store, {number: keys[number] for number in piece}, due)


def _fill(store: Store, keys: Mapping[int, str], due: datetime) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in ("posts", "revisions", "decisions", "deliveries", "targets")}
    entries: list[NewEntry] = []
    for number, key in keys.items():
        account = f"account{number % ACCOUNTS}"
        content = Content(
            accounts=(AccountContent(account=account, channel="outbox", parts=(key,)),), category="operational-service"
        )
        code = digest(content)
        made["posts"].append(
            {
                "id": number,
                "title": key,
                "revision": 1,
                "created_by": "ann",
                "created_at": now,
                "planned_at": None,
                "notes": "",
                "state": "scheduled",
                "row_version": 1,
                "category": content.category,
                "preview": preview(content),
                "folded_title": folded(key),
                "folded_text": searched(content),
                "shown_state": "scheduled",
                "shown_at": due,
                "sort_at": due,
            }
        )
        made["revisions"].append(
            rows.revision_values(Revision(post=number, number=1, content=content, digest=code, author="ann", at=now))
        )
        yes = Decision(person="bob", stage="press", choice=Choice.APPROVE, digest=code, revision=1, at=now)
        made["decisions"].append(decision_rows.decision_values(number, yes))
        said = {"revision": 1, "digest": code}  # the gate holds what is not on the record
        entries += [
            NewEntry(action="post.created", at=now, post=number, public=said, private={"person": "ann"}),
            NewEntry(
                action="decision.approve",
                at=now,
                post=number,
                public={**said, "stage": yes.stage, "assurance": str(yes.assurance)},
                private={"person": yes.person, "reason": yes.reason},
            ),
        ]
        delivery = Delivery(
            id=number, post=number, account=account, state=DeliveryState.SCHEDULED, due_at=due, revision=1, digest=code
        )
        made["deliveries"].append({"id": number, **rows.delivery_values(delivery)})
        made["targets"].append(
            {"post": number, "account": account, "delivery": number, "state": "scheduled", "at": due, "sort_at": due}
        )
    with store.write() as tx:
        for name, values in made.items():
            tx._work.change(insert(schema.metadata.tables[name]), values)  # type: ignore[attr-defined]  # noqa: SLF001 - in bulk
        tx.record_all(entries)


def states(store: Store, numbers: Sequence[int]) -> dict[str, int]:
    """How many of these deliveries are in which state."""
    found: dict[str, int] = {}
    with store.read() as reader:
        for number in numbers:
            state = str(reader.delivery(number).state)
            found[state] = found.get(state, 0) + 1
    return found


def record_is_whole(store: Store) -> bool:
    """Whether the record verifies."""
    with store.read() as reader:
        return verify(reader.entries()).ok


class Loopback:
    """A channel that publishes to the benchmark's platform."""

    limits: Limits = outbox_text.LIMITS

    def __init__(self, account: Account, port: int) -> None:
        self._account, self._port = account, port

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """As the outbox."""
        return outbox_text.problems(outgoing.text, outgoing.media)

    def check_account(self) -> AccountCheck:
        """It is there."""
        return AccountCheck(ok=True, handle=self._account.handle, detail="")

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002 - the port gives it
        """Nothing is to be prepared."""
        return dict(staged)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:  # noqa: ARG002 - the port gives it
        """The one request."""
        ask(self._port, outgoing.text)
        return Receipt(remote_id=outgoing.key, url=f"loopback:{outgoing.key}")

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:  # noqa: ARG002 - the port gives it
        """It cannot be looked up."""
        return None

    def delete(self, remote_id: str) -> None:
        """Nothing is kept there."""


def main() -> int:
    """The daemon."""
    port = int(sys.argv[2])
    with patch.object(bootstrap, "channel_opener", lambda *_arguments, **_options: lambda account: Loopback(account, port)):
        return run_daemon(bootstrap.read_config(Path(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
