"""Signatures as `ssh-keygen -Y sign` writes them (OpenSSH's PROTOCOL.sshsig), read strictly: one form for each, or none."""

import base64
import binascii
import hashlib
import textwrap

from purdah_scheduler.domain.ssh_keys import CURVES, ED25519, RSA, SK_ED25519, PublicKey, key_of
from purdah_scheduler.domain.ssh_wire import NotSsh, Wire, as_string
from purdah_scheduler.lean import lean_dataclass

BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"

LONGEST = 20_000
"""Characters of an armoured signature: one of the longest key that is taken has a third of them."""

_MAGIC, _VERSION, _COLUMNS = b"SSHSIG", 1, 70
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
_ALGORITHMS = {ED25519: (ED25519,), SK_ED25519: (SK_ED25519,), RSA: ("rsa-sha2-256", "rsa-sha2-512"), **{c: (c,) for c in CURVES}}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What an armoured signature holds. `raw` is the signature itself; a security key's has `flags` and a `counter` too."""

    key: PublicKey
    namespace: str
    hash_name: str
    algorithm: str
    raw: bytes
    flags: int
    counter: int
    blob: bytes

    @property
    def armoured(self) -> str:
        """As ssh-keygen writes it, with a line break at the end: the one form that is kept."""
        lines = textwrap.wrap(base64.b64encode(self.blob).decode("ascii"), _COLUMNS)
        return "\n".join([BEGIN, *lines, END, ""])

    def signed_bytes(self, message: bytes) -> bytes:
        """The bytes that the key has signed if it signed `message`."""
        said = _HASHES[self.hash_name](message).digest()
        parts = (self.namespace.encode("ascii"), b"", self.hash_name.encode("ascii"), said)
        return _MAGIC + b"".join(map(as_string, parts))


def read_signature(text: str) -> Signature:
    """The signature in its armour; spaces around lines and empty lines, which pasting adds, are let pass. Raises NotSsh."""
    if len(text) > LONGEST:
        raise NotSsh("it is too long")
    lines = [line for line in (line.strip(" \t\r") for line in text.split("\n")) if line]
    if len(lines) < 3 or lines[0] != BEGIN or lines[-1] != END:
        raise NotSsh(f"it does not begin with {BEGIN} and end with {END}")
    encoded = "".join(lines[1:-1])
    try:
        blob = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise NotSsh("what is between its first and last line is not base64") from None
    if base64.b64encode(blob).decode("ascii") != encoded:
        raise NotSsh("its base64 is not written as it should be")
    return _signature(blob)


def _signature(blob: bytes) -> Signature:
    wire = Wire(blob)
    if wire.take(len(_MAGIC)) != _MAGIC or wire.number() != _VERSION:
        raise NotSsh("it is no signature of OpenSSH's first version")
    key = key_of(wire.string())
    namespace = wire.word()
    if wire.string():
        raise NotSsh("its reserved part is not empty")
    hash_name = wire.word()
    if hash_name not in _HASHES:
        raise NotSsh("its hash is neither sha256 nor sha512")
    inner = Wire(wire.string())
    wire.end()
    algorithm, raw = inner.word(), inner.string()
    if algorithm not in _ALGORITHMS[key.kind]:
        raise NotSsh(f"a key of the kind {key.kind} does not sign as {algorithm[:40]!r}")
    flags, counter = (inner.take(1)[0], inner.number()) if key.in_hardware else (0, 0)
    inner.end()
    return Signature(
        key=key, namespace=namespace, hash_name=hash_name, algorithm=algorithm, raw=raw, flags=flags, counter=counter, blob=blob
    )
