"""Which deliveries are being carried out, and by which threads: a claim is kept only while its worker lives."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from purdah_scheduler.domain.content import Content
from purdah_scheduler.domain.posts import Delivery


class InHand:
    """The deliveries that threads of this process hold. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[int, tuple[Delivery, threading.Thread]] = {}
        self._words: dict[tuple[int, int], Content] = {}

    @contextmanager
    def holding(self, claimed: Delivery) -> Iterator[None]:
        """While the block lasts the calling thread carries it out."""
        with self._lock:
            self._held[claimed.id] = (claimed, threading.current_thread())
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(claimed.id, None)
                self._words.pop((claimed.id, claimed.fence), None)

    def alive(self) -> tuple[Delivery, ...]:
        """What is held by threads that live, as it was known last."""
        with self._lock:
            return tuple(entry for entry, worker in self._held.values() if worker.is_alive())

    def learn(self, entry: Delivery) -> None:
        """It has another lease now."""
        with self._lock:
            if entry.id in self._held:
                self._held[entry.id] = (entry, self._held[entry.id][1])

    def learn_words(self, claimed: Sequence[Delivery], contents: Mapping[tuple[int, int], Content]) -> None:
        """What these say, by post and revision; it is forgotten once their threads let go of them."""
        with self._lock:
            for entry in claimed:
                content = contents.get((entry.post, entry.revision))
                if content is not None:
                    self._words[entry.id, entry.fence] = content

    def words(self, claimed: Delivery) -> Content | None:
        """What it says, where that is known."""
        with self._lock:
            return self._words.get((claimed.id, claimed.fence))
