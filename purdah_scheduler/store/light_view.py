"""What the light readers have in common: their transaction, and the way to the whole reader."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from purdah_scheduler.application.notice_ports import NoticeReader
from purdah_scheduler.store.light_work import LightWork


class LightView:
    """Whatever is not known here is asked of the whole reader, which reads on in the same snapshot."""

    def __init__(self, work: LightWork, read_on: Callable[[], NoticeReader]) -> None:
        self._work = work
        self._read_on = read_on

    @cached_property
    def _whole(self) -> NoticeReader:
        return self._read_on()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._whole, name)
