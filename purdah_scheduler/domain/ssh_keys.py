"""Public keys as OpenSSH writes them: which kinds count, how strong they are, and from when to when a person's key counts."""

import base64
import binascii
import hashlib
from datetime import datetime

from purdah_scheduler.domain.ssh_wire import NotSsh, Wire
from purdah_scheduler.lean import lean_dataclass

ED25519, SK_ED25519, RSA = "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ssh-rsa"
CURVES = {"ecdsa-sha2-nistp256": "nistp256", "ecdsa-sha2-nistp384": "nistp384", "ecdsa-sha2-nistp521": "nistp521"}
"""Kinds of ECDSA keys, each with its curve."""

KINDS = (ED25519, SK_ED25519, *CURVES, RSA)
"""The kinds of keys whose signatures count."""

SHORTEST_RSA = 3072
"""Bits: NIST SP 800-57 part 1 gives shorter ones less than 128 bits of strength."""

_LONGEST_RSA = 16384
_POINT_BYTES = {"nistp256": 65, "nistp384": 97, "nistp521": 133}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key of a kind that counts; `blob` is its whole binary form, by which keys are compared."""

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def in_hardware(self) -> bool:
        """Whether it lives in a security key, which signs only when it is touched."""
        return self.kind == SK_ED25519


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A person's key: it counts for decisions from `valid_from` (None: always) until before `valid_to` (None: for ever).

    One that is `revoked` counts for nothing, whenever it signed: whoever stole it writes any time that suits.
    """

    key: PublicKey
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    revoked: bool = False

    def __post_init__(self) -> None:
        for at in (self.valid_from, self.valid_to):
            if at is not None and at.tzinfo is None:
                raise ValueError("a key needs aware instants")

    def counts_at(self, at: datetime) -> bool:
        """Whether what it signed at `at` counts."""
        return not self.why_not_at(at)

    def why_not_at(self, at: datetime) -> str:
        """Why what it signed at `at` does not count, completing “its key”; empty where it does."""
        if self.revoked:
            return "was revoked"
        if self.valid_from is not None and at < self.valid_from:
            return "was not valid yet"
        if self.valid_to is not None and at >= self.valid_to:
            return "was no longer valid"
        return ""


def read_public_key(line: str) -> PublicKey:
    """The key of one line of a `.pub` file: kind, base64, and a comment that is left out. Raises NotSsh."""
    kind, _, rest = line.strip().partition(" ")
    if kind not in KINDS:
        raise NotSsh(f"keys of the kind {kind[:40] or 'none'} are not taken; known are: {', '.join(KINDS)}")
    try:
        encoded = rest.split()[0]
        blob = base64.b64decode(encoded, validate=True)
    except (IndexError, binascii.Error, ValueError):
        raise NotSsh("its second word is not base64") from None
    found = key_of(blob)
    if found.kind != kind:
        raise NotSsh(f"it says {kind} and holds a key of the kind {found.kind}")
    return found


def key_of(blob: bytes) -> PublicKey:
    """The key in its binary form. Raises NotSsh for a kind that does not count, a weak key, and bytes that are no key."""
    wire = Wire(blob)
    kind = wire.word()
    match kind:
        case "ssh-ed25519" | "sk-ssh-ed25519@openssh.com":
            if len(wire.string()) != 32:
                raise NotSsh("its length is not that of an Ed25519 key")
            if kind == SK_ED25519:
                wire.string()
        case "ssh-rsa":
            exponent, modulus = wire.integer(), wire.integer()
            bits = modulus.bit_length()
            if not SHORTEST_RSA <= bits <= _LONGEST_RSA:
                raise NotSsh(f"it has {bits} bits; an RSA key needs from {SHORTEST_RSA} to {_LONGEST_RSA}")
            if exponent < 3 or not exponent & modulus & 1:
                raise NotSsh("its numbers are not those of an RSA key")
        case "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521":
            curve, point = wire.word(), wire.string()
            if curve != CURVES[kind] or len(point) != _POINT_BYTES[curve] or point[0] != 4:
                raise NotSsh("its point is not one of its curve")
        case _:
            raise NotSsh("it is not of a kind that is taken")
    wire.end()
    return PublicKey(kind=kind, blob=blob)
