"""Figures for Prometheus, on this machine's own address alone: counts and times, never a post's words, title or number."""

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from purdah_scheduler.application.office import Office
from purdah_scheduler.application.views import status
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from purdah_scheduler.errors import ProductError

if TYPE_CHECKING:
    from prometheus_client.core import Metric

ADDRESS = "127.0.0.1"
_KEPT_SECONDS = 5.0
"""What was read of the queue is told again for this long: asking often costs the daemon nothing."""

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45, 90)
_LATE_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900)

_Family = tuple[str, str, list[tuple[dict[str, str], float]]]
"""A name, what it means, and its values by their labels."""

Tell = Callable[[Delivery, float], None]
"""Given each delivery as it came out, and for how many seconds it was carried out; must not raise."""


def tell_nobody(_entry: Delivery, _seconds: float) -> None:
    """Where no figures are wanted."""


def is_installed() -> bool:
    """Whether the client library of Prometheus is here; it comes with the extra `metrics`."""
    return find_spec("prometheus_client") is not None


class Metrics:
    """Serves figures at http://127.0.0.1:`port`/metrics until it is closed. Raises OSError where the port is taken."""

    def __init__(self, port: int, *, office: Callable[[], Office], under_way: Callable[[], int]) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Queue(office, under_way))
        ProcessCollector(registry=registry)
        labels = ("account",)
        words = "Deliveries that this daemon has carried to a state."
        self._outcomes = Counter("purdah_outcomes", words, (*labels, "state"), registry=registry)
        self._seconds = Histogram(
            "purdah_delivery_seconds",
            "From its time, or its later claim, to the outcome on record.",
            labels,
            registry=registry,
            buckets=_SECONDS,
        )
        self._late = Histogram(
            "purdah_lateness_seconds",
            "From the time that was chosen to published on record.",
            labels,
            registry=registry,
            buckets=_LATE_SECONDS,
        )
        self._server, self._thread = start_http_server(port, addr=ADDRESS, registry=registry)
        self.port: int = self._server.server_port

    def tell(self, entry: Delivery, seconds: float) -> None:
        """A delivery came to `entry.state`; its outcome is on record already."""
        self._outcomes.labels(entry.account, str(entry.state)).inc()
        self._seconds.labels(entry.account).observe(seconds)
        if entry.state is DeliveryState.PUBLISHED and entry.published_at is not None:
            self._late.labels(entry.account).observe(max(0.0, (entry.published_at - entry.due_at).total_seconds()))

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def start_metrics(port: int, *, office: Callable[[], Office], under_way: Callable[[], int], journal: Journal) -> Metrics | None:
    """Serve figures at `port`, or say why not: nothing about figures keeps a post from going out. None for port 0."""
    if not port:
        return None
    if not is_installed():
        journal.say("metrics.refused", reason="prometheus-client is not here: pip install 'purdah-scheduler[metrics]'")
        return None
    try:
        served = Metrics(port, office=office, under_way=under_way)
    except OSError as fault:
        journal.say("metrics.refused", reason=f"Port {port} of {ADDRESS} cannot be used ({fault.strerror}).")
        return None
    journal.say("metrics.served", address=f"http://{ADDRESS}:{served.port}/metrics")
    return served


class _Queue:
    """What the store says when somebody asks."""

    def __init__(self, office: Callable[[], Office], under_way: Callable[[], int]) -> None:
        self._office, self._under_way = office, under_way
        self._read_at = float("-inf")
        self._read: list[_Family] = []

    def collect(self) -> "Iterator[Metric]":
        """Prometheus's own way to ask."""
        from prometheus_client.core import GaugeMetricFamily

        now = time.monotonic()
        if now - self._read_at >= _KEPT_SECONDS:
            self._read, self._read_at = self._figures(), now
        under_way = _one("purdah_under_way", "Deliveries that are being carried out.", self._under_way())
        for name, words, values in [*self._read, under_way]:
            family = GaugeMetricFamily(name, words, labels=sorted(values[0][0]) if values else ())
            for labels, value in values:
                family.add_metric([labels[label] for label in sorted(labels)], value)
            yield family

    def _figures(self) -> list[_Family]:
        try:
            found = status(self._office())
        except ProductError:
            return [_one("purdah_queue_readable", "Whether the queue could be read.", 0)]
        beat = found.heartbeat
        stopped = bool(found.stopped) or any(not pause.account for pause in found.pauses)
        counts = {str(state): 0 for state in DeliveryState} | found.counts
        figures = [
            ("purdah_daemons_alive", "Daemons that were seen within three heartbeats.", float(len(found.daemons.living))),
            ("purdah_daemons_silent", "Daemons that went silent without a goodbye.", float(len(found.daemons.silent))),
            ("purdah_queue_readable", "Whether the queue could be read.", 1.0),
            ("purdah_overdue", "Deliveries that have been due for more than a minute.", float(found.overdue)),
            ("purdah_clock_in_doubt", "Whether nothing is sent because the clock is in doubt.", float(bool(found.clock.doubt))),
            ("purdah_stopped", "Whether all publishing is stopped or paused.", float(stopped)),
        ]
        if beat is not None:
            words = "When the daemon showed last that it lives."
            figures.append(("purdah_last_heartbeat_timestamp_seconds", words, beat.seen_at.timestamp()))
            if beat.platform_ahead is not None:
                words = "How far the clock was ahead of the platform that answered last."
                figures.append(("purdah_clock_ahead_seconds", words, beat.platform_ahead))
        if found.next_due_at is not None:
            figures.append(("purdah_next_due_timestamp_seconds", "When the next delivery is due.", found.next_due_at.timestamp()))
        by_state = [({"state": state}, float(number)) for state, number in sorted(counts.items())]
        return [
            ("purdah_posts", "Posts, once for each account, by state.", by_state),
            *(_one(name, words, value) for name, words, value in figures),
        ]


def _one(name: str, words: str, value: float) -> _Family:
    """A figure without labels."""
    return name, words, [({}, float(value))]
