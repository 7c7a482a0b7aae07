"""Whether a signature is of the key that it names, over exactly these bytes; the mathematics is `cryptography`'s."""

import hashlib
from functools import lru_cache

from purdah_scheduler.domain.ssh_keys import CURVES, ED25519, RSA, SK_ED25519
from purdah_scheduler.domain.ssh_signature import Signature
from purdah_scheduler.domain.ssh_wire import NotSsh, Wire

_TOUCHED = 0x01
"""The flag of a security key that a person was there (FIDO2: user presence)."""


@lru_cache(maxsize=8192)
def holds(signature: Signature, message: bytes) -> bool:
    """Whether the key in `signature` signed `message`. Nothing is said of whose key it is.

    Answers are kept, because the gate asks again at each sending: the same bytes always have the same answer.
    """
    # A tenth of a second, and only for those who sign.
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        _check(signature, signature.signed_bytes(message))
    except (InvalidSignature, UnsupportedAlgorithm, NotSsh, ValueError):
        return False
    return True


def _check(signature: Signature, signed: bytes) -> None:
    """Raise InvalidSignature, or ValueError for a key or a number that is none."""
    wire = Wire(signature.key.blob)
    kind = wire.word()
    if kind == RSA:
        _check_rsa(signature, signed, exponent=wire.integer(), modulus=wire.integer())
    elif kind in CURVES:
        wire.word()
        _check_ecdsa(signature, signed, point=wire.string(), curve=CURVES[kind])
    else:
        _check_ed25519(signature, signed, wire)


def _check_ed25519(signature: Signature, signed: bytes, wire: Wire) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = wire.string()
    if signature.key.kind == SK_ED25519:
        if not signature.flags & _TOUCHED:
            raise NotSsh("the security key was not touched")
        application = hashlib.sha256(wire.string()).digest()
        counted = bytes([signature.flags]) + signature.counter.to_bytes(4, "big")
        signed = application + counted + hashlib.sha256(signed).digest()
    elif signature.key.kind != ED25519:
        raise NotSsh("a key of this kind is not taken")
    Ed25519PublicKey.from_public_bytes(public).verify(signature.raw, signed)


def _check_rsa(signature: Signature, signed: bytes, *, exponent: int, modulus: int) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    algorithm = hashes.SHA512() if signature.algorithm == "rsa-sha2-512" else hashes.SHA256()
    RSAPublicNumbers(exponent, modulus).public_key().verify(signature.raw, signed, PKCS1v15(), algorithm)


def _check_ecdsa(signature: Signature, signed: bytes, *, point: bytes, curve: str) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    curves = {
        "nistp256": (ec.SECP256R1(), hashes.SHA256()),
        "nistp384": (ec.SECP384R1(), hashes.SHA384()),
        "nistp521": (ec.SECP521R1(), hashes.SHA512()),
    }
    named, algorithm = curves[curve]
    numbers = Wire(signature.raw)
    r, s = numbers.integer(), numbers.integer()
    numbers.end()
    key = ec.EllipticCurvePublicKey.from_encoded_point(named, point)
    key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(algorithm))
