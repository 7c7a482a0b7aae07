"""A loopback stand-in for the server that keeps a Bluesky account: its answers are those of @atproto/pds 0.5.

In a test: `with FakeBluesky() as bluesky: bluesky.texts()`.
"""

import base64
import hashlib
import itertools
import json
import re
import time
from typing import Any

import regex

from tests.fakes.serving import Api, Asked, Said

HANDLE = "dept.example.test"
DID = "did:plc:abcdefghijklmnopqrstuvwx"
APP_PASSWORD = "abcd-efgh-ijkl-mnop"
COLLECTION = "app.bsky.feed.post"

_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_LARGEST_BLOB = 5_000_000
_LARGEST_IMAGE = 2_000_000
_LARGEST_THUMB = 1_000_000


def refusal(status: int, name: str, message: str) -> Said:
    """A refusal in the form of the server."""
    return Said(status=status, body={"error": name, "message": message})


class FakeBluesky(Api):
    """The server, its one account, and the records that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}
        self.commits = 0
        self.password = APP_PASSWORD
        self._access: dict[str, float] = {}
        self._refresh: set[str] = set()
        self._numbers = itertools.count(1)

    def texts(self) -> list[str]:
        """The texts of all posts, oldest first."""
        with self._lock:
            return [str(record["text"]) for _, record in sorted(self.records.items())]

    def expire(self) -> None:
        """Every access token has had its time."""
        with self._lock:
            self._access = dict.fromkeys(self._access, 0.0)

    def revoke(self) -> None:
        """The app password and everything that was made with it is taken back."""
        with self._lock:
            self.password = "another"
            self._access.clear()
            self._refresh.clear()

    def answer(self, asked: Asked) -> Said:
        """What the server would say."""
        match asked.line.removeprefix("GET /xrpc/").removeprefix("POST /xrpc/"):
            case "com.atproto.server.createSession":
                document = asked.json()
                if (document.get("identifier"), document.get("password")) != (HANDLE, self.password):
                    return refusal(401, "AuthenticationRequired", "Invalid identifier or password")
                return Said(body=self._new_session())
            case "com.atproto.server.refreshSession":
                token = asked.headers.get("authorization", "").removeprefix("Bearer ")
                if token not in self._refresh:
                    return refusal(400, "ExpiredToken", "Token has been revoked")
                return Said(body=self._new_session())
            case "com.atproto.repo.getRecord":
                return self._get(asked)
            case "com.atproto.repo.listRecords":
                return self._list(asked)
            case method if method in _WITH_LOGIN:
                ends_at = self._access.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
                if ends_at is None:
                    return refusal(400, "InvalidToken", "Token could not be verified")
                if ends_at < time.time():
                    return refusal(400, "ExpiredToken", "Token has expired")
                return _WITH_LOGIN[method](self, asked)
        return refusal(501, "MethodNotImplemented", "Method Not Implemented")

    def _new_session(self) -> dict[str, Any]:
        number = next(self._numbers)
        ends_at = int(time.time()) + 7_200
        access, refresh = _token(f"access-{number}", ends_at), _token(f"refresh-{number}", ends_at + 7_776_000)
        self._access[access] = ends_at
        self._refresh.add(refresh)
        return {"did": DID, "handle": HANDLE, "accessJwt": access, "refreshJwt": refresh, "active": True}

    def _own(self, _asked: Asked) -> Said:
        return Said(body={"did": DID, "handle": HANDLE, "active": True})

    def _upload(self, asked: Asked) -> Said:
        if len(asked.body) > _LARGEST_BLOB:
            return refusal(413, "PayloadTooLarge", "request entity too large")
        cid = _cid(asked.body)
        self.blobs[cid] = asked.body
        kind = asked.headers["content-type"]
        return Said(body={"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(asked.body)}})

    def _get(self, asked: Asked) -> Said:
        record = self.records.get(asked.query["rkey"]) if asked.query["repo"] in (DID, HANDLE) else None
        if record is None:
            return refusal(400, "RecordNotFound", f"Could not locate record: {asked.query['rkey']}")
        return Said(body={**_reference(asked.query["rkey"], record), "value": record})

    def _list(self, asked: Asked) -> Said:
        if asked.query["repo"] not in (DID, HANDLE) or asked.query["collection"] != COLLECTION:
            return refusal(400, "InvalidRequest", "Could not find repo")
        before = asked.query.get("cursor", "z" * 14)
        keys = [key for key in sorted(self.records, reverse=True) if key < before][: int(asked.query.get("limit", "50"))]
        listed = [{**_reference(key, self.records[key]), "value": self.records[key]} for key in keys]
        return Said(body={"records": listed, **({"cursor": keys[-1]} if keys else {})})

    def _put(self, asked: Asked) -> Said:
        document = asked.json()
        key, record = document["rkey"], document["record"]
        wrong = self._fault(key, record)
        if wrong:
            return refusal(400, "InvalidRequest", wrong)
        present = self.records.get(key)
        if present == record:
            return Said(body=_reference(key, record))
        if present is not None and "swapRecord" in document and document["swapRecord"] is None:
            return refusal(400, "InvalidSwap", f"Record was at {_cid_of(present)}")
        self.records[key] = record
        self.commits += 1
        return Said(body={**_reference(key, record), "commit": {"cid": _cid_of(record), "rev": key}, "validationStatus": "valid"})

    def _fault(self, key: str, record: dict[str, Any]) -> str:
        text = record["text"]
        if not _TID.fullmatch(key):
            return "Invalid rkey: not a TID"
        if len(regex.findall(r"\X", text)) > 300:
            return "Invalid app.bsky.feed.post record: Record/text: grapheme too big (maximum 300)"
        if len(text.encode("utf-8")) > 3_000:
            return "Invalid app.bsky.feed.post record: Record/text: string too big (maximum 3000)"
        embed = record.get("embed", {})
        external = embed.get("external", {})
        wanted = [(image["image"], _LARGEST_IMAGE) for image in embed.get("images", ())]
        wanted += [(external["thumb"], _LARGEST_THUMB)] if "thumb" in external else []
        for reference, largest in wanted:
            blob = self.blobs.get(reference["ref"]["$link"])
            if blob is None:
                return "Could not find blob"
            if len(blob) > largest:
                return "This file is too large"
        if external and not {"uri", "title", "description"} <= external.keys():
            return "Invalid app.bsky.feed.post record: Record/embed/external must have the properties uri, title, description"
        return ""

    def _delete(self, asked: Asked) -> Said:
        self.records.pop(asked.json()["rkey"], None)
        return Said(body={})


_WITH_LOGIN = {
    "com.atproto.server.getSession": FakeBluesky._own,
    "com.atproto.repo.uploadBlob": FakeBluesky._upload,
    "com.atproto.repo.putRecord": FakeBluesky._put,
    "com.atproto.repo.deleteRecord": FakeBluesky._delete,
}


def _token(name: str, ends_at: int) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"sub": DID, "exp": ends_at}).encode("ascii")).decode("ascii").rstrip("=")
    return f"eyJ0eXAiOiJKV1QifQ.{claims}.signature-of-{name}"


def _cid(data: bytes) -> str:
    return "bafkrei" + base64.b32encode(hashlib.sha256(data).digest()).decode("ascii").lower().rstrip("=")


def _cid_of(record: dict[str, Any]) -> str:
    return _cid(json.dumps(record, sort_keys=True).encode("ascii"))


def _reference(key: str, record: dict[str, Any]) -> dict[str, Any]:
    return {"uri": f"at://{DID}/{COLLECTION}/{key}", "cid": _cid_of(record)}
