"""Figures for Prometheus: what is counted, that nothing of a post is in them, and that no fault of theirs stops a post."""

import io
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from purdah_scheduler.application import stopping
from purdah_scheduler.daemon import metrics
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.metrics import Metrics
from purdah_scheduler.domain.posts import DeliveryState
from tests.daemon.processes import ROOT, running, until
from tests.houses import QUICK, House, build

Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(port: int) -> tuple[Figures, str]:
    """The samples by name and labels, and the whole text."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode("utf-8")
    found = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return found, text


def of(port: int, name: str, **labels: str) -> float | None:
    return read(port)[0].get((name, tuple(sorted(labels.items()))))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def metered(folder: Path, port: int) -> Iterator[House]:
    house = build(folder, accounts=("outbox", "other"), daemon={**QUICK, "metrics_port": port})
    try:
        yield house
    finally:
        house.office.store.close()


def test_what_the_daemon_did_and_what_waits_is_counted_and_no_word_of_a_post_is_in_it(
    tmp_path: Path,
) -> None:
    port = free_port()
    with metered(tmp_path / "house", port) as house, running(house) as process:
        assert process.wait_for("metrics.served")["address"] == f"http://127.0.0.1:{port}/metrics"
        sent = house.scheduled("A secret of state.")
        process.wait_for("delivery.published", post=sent)
        house.scheduled("Another secret.", due_in=timedelta(hours=1))
        until(lambda: of(port, "purdah_outcomes_total", account="outbox", state="published") == 1)
        until(lambda: of(port, "purdah_posts", state="scheduled") == 1)
        figures, text = read(port)
        assert figures[("purdah_posts", (("state", "published"),))] == 1
        assert figures[("purdah_posts", (("state", "unknown"),))] == 0
        assert figures[("purdah_delivery_seconds_count", (("account", "outbox"),))] == 1
        assert figures[("purdah_lateness_seconds_count", (("account", "outbox"),))] == 1
        for name in ("purdah_overdue", "purdah_clock_in_doubt", "purdah_stopped", "purdah_under_way"):
            assert figures[(name, ())] == 0
        assert figures[("purdah_queue_readable", ())] == 1
        now = house.office.now().timestamp()
        assert abs(figures[("purdah_last_heartbeat_timestamp_seconds", ())] - now) < 60
        assert figures[("purdah_next_due_timestamp_seconds", ())] > now
        assert "secret" not in text.casefold()
        assert process.stop() == 0
    with pytest.raises(OSError, match="refused"):
        read(port)


def test_it_listens_on_this_machine_alone(quiet_house: House) -> None:
    served = Metrics(0, office=lambda: quiet_house.office, under_way=lambda: 0)
    try:
        assert served._server.server_address[0] == "127.0.0.1"
    finally:
        served.close()


def test_a_stop_and_a_queue_that_cannot_be_read_are_figures(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_KEPT_SECONDS", 0.0)
    served = Metrics(0, office=lambda: quiet_house.office, under_way=lambda: 3)
    try:
        assert of(served.port, "purdah_under_way") == 3
        assert of(served.port, "purdah_stopped") == 0
        stopping.pause(quiet_house.office, quiet_house.actor("dougal"), reason="A test.")
        assert of(served.port, "purdah_stopped") == 1
        quiet_house.config.store_path.rename(quiet_house.config.store_path.with_name("gone.db"))
        figures, _ = read(served.port)
        assert figures[("purdah_queue_readable", ())] == 0
        assert ("purdah_overdue", ()) not in figures
    finally:
        served.close()


def test_a_port_that_is_taken_is_said_and_posts_go_out_all_the_same(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with metered(tmp_path / "house", taken.getsockname()[1]) as house, running(house) as process:
            assert "cannot be used" in process.wait_for("metrics.refused")["reason"]
            post = house.scheduled("All the same.")
            process.wait_for("delivery.published", post=post)
            assert house.delivery(post).state is DeliveryState.PUBLISHED
            assert process.stop() == 0


def test_without_the_package_it_is_said_what_to_install(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "is_installed", lambda: False)
    out = io.StringIO()
    journal = Journal(out, now=quiet_house.office.now)
    assert metrics.start_metrics(9, office=lambda: quiet_house.office, under_way=lambda: 0, journal=journal) is None
    assert "purdah-scheduler[metrics]" in out.getvalue()


def test_by_default_there_are_none_and_the_library_is_not_loaded(quiet_house: House) -> None:
    assert quiet_house.config.daemon.metrics_port == 0
    with running(quiet_house) as process:
        assert not process.events("metrics.served")
    code = "import sys; import purdah_scheduler.daemon; sys.exit('prometheus_client' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
