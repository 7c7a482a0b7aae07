"""Chromium without a window, told what to do over a pipe: a page, its keys, its size, and every request that it makes."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyte

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 60.0
_LAUNCH = """
import fcntl, os, sys
heard, said = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(heard, 3)
os.dup2(said, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads its orders from descriptor 3 and answers on 4."""


def installed() -> str | None:
    """The program, if this machine has one."""
    return next((found for found in map(shutil.which, _NAMES) if found), None)


def is_ours(address: str) -> bool:
    """Whether a request stays on this machine; what is in the address itself asks nobody."""
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "about") or parts.hostname == "127.0.0.1"


class Browser:
    """One page. Requests to any other host are refused before they leave, and kept in `refused`."""

    def __init__(self, orders: int, answers: int) -> None:
        self._orders, self._answers = orders, answers
        self._buffer, self._number, self._session = b"", 0, ""
        self._replies: dict[int, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ("Page", "Network"):
            self.tell(f"{part}.enable")
        self.tell("Fetch.enable", patterns=[{"urlPattern": "*"}])

    def tell(self, method: str, **parameters: object) -> dict[str, Any]:
        """Give an order and wait for its answer."""
        number = self._say(method, parameters)
        self.until(lambda: number in self._replies, method)
        reply = self._replies.pop(number)
        assert "error" not in reply, f"{method}: {reply}"
        found: dict[str, Any] = reply["result"]
        return found

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Take in what the browser says until something holds; a minute at most."""
        ends = time.monotonic() + _PATIENCE
        while not holds():
            assert time.monotonic() < ends, f"it never came: {what}\n{self.text()}"
            self._listen(0.2)

    def shows(self, *words: str) -> None:
        """Wait until these are on the screen that is sent to the page."""
        self.until(lambda: all(word in self.text() for word in words), str(words))

    def text(self) -> str:
        """What the page was sent to draw."""
        return "\n".join(self.screen.display)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, in pixels."""
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def click(self, x: int, y: int) -> None:
        """Press the button of the mouse, and let it go."""
        for kind in ("mousePressed", "mouseReleased"):
            self.tell("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """A key with a letter or digit on it."""
        code = ord(key.upper())
        self.tell("Input.dispatchKeyEvent", type="keyDown", key=key, text=key, windowsVirtualKeyCode=code)
        self.tell("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def pixels(self) -> set[bytes]:
        """The different colours of a picture of the page."""
        return colours(base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"]))

    def _say(self, method: str, parameters: object) -> int:
        self._number += 1
        order: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            order["sessionId"] = self._session
        os.write(self._orders, json.dumps(order).encode() + b"\0")
        return self._number

    def _listen(self, seconds: float) -> None:
        if not select.select([self._answers], [], [], seconds)[0]:
            return
        chunk = os.read(self._answers, 1 << 20)
        assert chunk, "the browser has ended"
        *whole, self._buffer = (self._buffer + chunk).split(b"\0")
        for line in whole:
            message = json.loads(line)
            if "id" in message:
                self._replies[message["id"]] = message
            else:
                self._happened(message["method"], message["params"])

    def _happened(self, method: str, event: dict[str, Any]) -> None:
        match method:
            case "Fetch.requestPaused":
                address, request = event["request"]["url"], event["requestId"]
                if is_ours(address):
                    self._say("Fetch.continueRequest", {"requestId": request})
                else:
                    self.refused.append(address)
                    self._say("Fetch.failRequest", {"requestId": request, "errorReason": "BlockedByClient"})
            case "Network.responseReceived":
                self.asked.append(event["response"]["url"])
            case "Network.webSocketCreated":
                self.asked.append(event["url"].replace("ws://", "http://"))
                size = parse_qs(urlsplit(event["url"]).query)
                self._begin(int(size["width"][0]), int(size["height"][0]))
            case "Network.webSocketFrameSent":
                self._sent(event["response"]["payloadData"])
            case "Network.webSocketFrameReceived" if event["response"]["opcode"] == 2:
                self._stream.feed(base64.b64decode(event["response"]["payloadData"]))

    def _sent(self, words: str) -> None:
        if words.startswith('["resize"'):
            size = json.loads(words)[1]
            self._begin(size["width"], size["height"])

    def _begin(self, columns: int, lines: int) -> None:
        """From now on everything is drawn for this size."""
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)


@contextmanager
def browsing(program: str, folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in `folder`, ended by its id."""
    heard, orders = os.pipe()
    answers, said = os.pipe()
    command = [
        *(sys.executable, "-c", _LAUNCH, str(heard), str(said), program),
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}"),
        # Whatever the browser itself would like to know, no name of another machine is looked up.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "about:blank",
    ]
    with (
        (folder / "browser.log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(heard, said)) as process,
    ):
        os.close(heard)
        os.close(said)
        try:
            yield Browser(orders, answers)
        finally:
            process.kill()
            os.close(orders)
            os.close(answers)


def colours(picture: bytes) -> set[bytes]:
    """The different pixels of a PNG of 8 bits a channel (RFC 2083: chunks, then each line with its filter)."""
    parts, at = {b"IDAT": b""}, 8
    while at < len(picture):
        length, kind = int.from_bytes(picture[at : at + 4]), picture[at + 4 : at + 8]
        parts[kind] = parts.get(kind, b"") + picture[at + 8 : at + 8 + length]
        at += length + 12
    width, channels = int.from_bytes(parts[b"IHDR"][:4]), {2: 3, 6: 4}[parts[b"IHDR"][9]]
    data, found, above = zlib.decompress(parts[b"IDAT"]), set(), bytearray(width * channels)
    for start in range(0, len(data), width * channels + 1):
        line = _unfiltered(data[start], bytearray(data[start + 1 : start + 1 + width * channels]), above, channels)
        found |= {bytes(line[place : place + channels]) for place in range(0, len(line), channels)}
        above = line
    return found


def _unfiltered(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    for place, byte in enumerate(line):
        left = line[place - step] if place >= step else 0
        up, corner = above[place], above[place - step] if place >= step else 0
        match kind:
            case 0:
                added = 0
            case 1:
                added = left
            case 2:
                added = up
            case 3:
                added = (left + up) // 2
            case _:
                added = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        line[place] = (byte + added) & 0xFF
    return line
