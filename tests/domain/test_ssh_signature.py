"""Keys and signatures as OpenSSH writes them: each that it makes is read and verified, and nothing else is."""

import base64
import random
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.ssh_keys import key_of, read_public_key
from purdah_scheduler.domain.ssh_signature import BEGIN, END, Signature, read_signature
from purdah_scheduler.domain.ssh_wire import NotSsh, as_string
from purdah_scheduler.domain.statements import NotARequest, read_request, split_signed
from purdah_scheduler.signatures.verifying import holds
from tests.application.signers import make_key, public
from tests.fuzz import damaged, fuzzed, in_time

pytestmark = in_time
MESSAGE = b"purdah-decision-v1\n{}\n"
KINDS = (("ed25519", 0), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072))

# Of a key that was made for this file and thrown away: ssh-keygen -Y sign -n decision@purdah-scheduler
SAMPLE_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEq7tinjppF6L8I+6nzQwHp+gZzTda+AUHW/+BEaoN7h sample"
SAMPLE = """-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgSru2KeOmkXovwj7qfNDAen6BnN
N1r4BQdb/4ERqg3uEAAAAZZGVjaXNpb25AcHVyZGFoLXNjaGVkdWxlcgAAAAAAAAAGc2hh
NTEyAAAAUwAAAAtzc2gtZWQyNTUxOQAAAEChvGEjlvOg8FpK/0inGawdIkErTA0yxADR+n
dz4TVFhk2HNwLRfbYV71uX4d3tIidjKUpMPSSdSeM54TNA5oYO
-----END SSH SIGNATURE-----
"""


def made(path: Path, message: bytes = MESSAGE, *options: str) -> str:
    command = ["ssh-keygen", "-Y", "sign", "-q", "-n", "decision@purdah-scheduler", *options, "-f", str(path)]
    return subprocess.run(command, input=message, capture_output=True, check=True, timeout=60).stdout.decode()


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_what_ssh_keygen_signs_holds_for_its_words_alone(tmp_path: Path, kind: str, bits: int) -> None:
    path = make_key(tmp_path, "key", kind, bits)
    for options in ((), ("-O", "hashalg=sha256")):
        text = made(path, MESSAGE, *options)
        signature = read_signature(text)
        assert signature.key == public(path).key
        assert signature.armoured == text
        assert holds(signature, MESSAGE)
        assert not holds(signature, MESSAGE + b" ")


def test_the_fingerprint_is_the_one_that_ssh_keygen_shows(tmp_path: Path) -> None:
    path = make_key(tmp_path, "key")
    shown = subprocess.run(["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, check=True).stdout
    assert public(path).key.fingerprint in shown


def test_five_thousand_flipped_bits_and_none_is_taken() -> None:
    key = read_public_key(SAMPLE_KEY)
    assert holds(read_signature(SAMPLE), MESSAGE)
    chance = random.Random(17)
    armour, blob = SAMPLE.encode(), read_signature(SAMPLE).blob
    taken = 0
    for _ in range(5_000):
        inside = chance.random() < 0.5
        data = bytearray(blob if inside else armour)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        text = armoured(bytes(data)) if inside else data.decode("latin-1")
        if text != SAMPLE:
            try:
                found = read_signature(text)
            except NotSsh:
                continue
            taken += found.namespace == "decision@purdah-scheduler" and found.key == key and holds(found, MESSAGE)
    assert taken == 0


@fuzzed
@given(st.data())
def test_fuzz_a_damaged_signature_is_read_as_the_same_one_or_refused(data: st.DataObject) -> None:
    text = data.draw(damaged([SAMPLE.encode(), armoured(read_signature(SAMPLE).blob[:-8]).encode()])).decode("utf-8", "replace")
    try:
        found = read_signature(text)
    except NotSsh:
        return
    assert read_signature(found.armoured) == found


@fuzzed
@given(st.binary(max_size=300), st.booleans())
def test_fuzz_any_bytes_are_a_key_or_refused(data: bytes, as_key: bool) -> None:
    blob = as_string(b"ssh-ed25519") + data if as_key else data
    with suppress(NotSsh):
        assert key_of(blob).blob == blob


@fuzzed
@given(st.data())
def test_fuzz_a_damaged_request_is_the_same_one_or_refused(data: st.DataObject) -> None:
    sample = (
        b'purdah-decision-v1\n{"answers":[],"at":"2026-11-23T09:00:00.000000Z","choice":"approve","digest":"00","instance":"ab",'
        b'"person":"bob","post":1,"reason":"","revision":1,"stage":"press"}\n'
    )
    assert read_request(sample.decode()).message == sample
    text = data.draw(damaged([sample])).decode("utf-8", "replace")
    request, _ = split_signed(text)
    try:
        found = read_request(request)
    except NotARequest:
        return
    assert found.text.split("\n")[1] == request.split("\n", 1)[1].rstrip()


def armoured(blob: bytes) -> str:
    encoded = base64.b64encode(blob).decode()
    return "\n".join([BEGIN, *re.findall(".{1,70}", encoded), END, ""])


def rewritten(**changes: bytes) -> str:
    """The sample with parts of it replaced."""
    signature = read_signature(SAMPLE)
    parts = {
        "key": signature.key.blob,
        "namespace": b"decision@purdah-scheduler",
        "reserved": b"",
        "hash": b"sha512",
        "signature": as_string(b"ssh-ed25519") + as_string(signature.raw),
        **changes,
    }
    return armoured(b"SSHSIG" + (1).to_bytes(4, "big") + b"".join(map(as_string, parts.values())))


def test_the_sample_is_rewritten_as_it_was() -> None:
    assert rewritten() == SAMPLE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with"),
        (SAMPLE.replace("SSH SIGNATURE", "PGP SIGNATURE"), "does not begin with"),
        (SAMPLE + "more\n", "does not begin with"),
        (SAMPLE.replace("\n-----END", "=\n-----END"), "base64"),
        (f"{BEGIN}\nU1NIU0lH*\n{END}\n", "base64"),
        (f"{BEGIN}\n{'A' * 30_000}\n{END}\n", "too long"),
        (armoured(b"SSHSIG" + (2).to_bytes(4, "big")), "first version"),
        (armoured(read_signature(SAMPLE).blob + b"\0"), "something follows"),
        (rewritten(reserved=b"x"), "reserved part"),
        (rewritten(hash=b"sha1"), "neither sha256 nor sha512"),
        (rewritten(namespace="é".encode()), "not ASCII"),
        (rewritten(signature=as_string(b"ssh-rsa") + as_string(b"x")), "does not sign as 'ssh-rsa'"),
        (rewritten(signature=as_string(b"ssh-ed25519") + as_string(b"x") + b"y"), "something follows"),
        (rewritten(key=as_string(b"ssh-dss")), "not of a kind"),
    ],
)
def test_what_is_not_written_as_openssh_writes_it_is_refused(text: str, said: str) -> None:
    with pytest.raises(NotSsh, match=said):
        read_signature(text)


def test_pasting_adds_spaces_and_empty_lines_and_they_are_let_pass() -> None:
    pasted = "\r\n".join(f"  {line} " for line in SAMPLE.split("\n")) + "\n\n"
    assert read_signature(pasted) == read_signature(SAMPLE)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "kind none are not taken"),
        ("ssh-dss AAAA", "kind ssh-dss are not taken"),
        ("ssh-ed25519", "not base64"),
        ("ssh-ed25519 AAAA*", "not base64"),
        ("ssh-ed25519 AAAA", "cut short"),
        (f"ssh-rsa {SAMPLE_KEY.split()[1]}", "says ssh-rsa and holds a key of the kind ssh-ed25519"),
    ],
)
def test_a_line_that_is_no_usable_key_is_refused(line: str, said: str) -> None:
    with pytest.raises(NotSsh, match=said):
        read_public_key(line)


def test_short_rsa_keys_are_refused(tmp_path: Path) -> None:
    path = make_key(tmp_path, "key", "rsa", 2048)
    with pytest.raises(NotSsh, match="it has 2048 bits; an RSA key needs from 3072"):
        public(path)


def test_a_security_key_counts_only_when_it_was_touched() -> None:
    """Made as FIDO2 makes it (OpenSSH's PROTOCOL.u2f), because no machine that runs tests has such a key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    kind, application = b"sk-ssh-ed25519@openssh.com", b"ssh:"
    blob = b"".join(map(as_string, (kind, private.public_key().public_bytes_raw(), application)))

    def by(flags: int) -> Signature:
        import hashlib

        def armour(raw: bytes) -> str:
            return rewritten(key=blob, signature=as_string(kind) + as_string(raw) + bytes([flags]) + (7).to_bytes(4, "big"))

        signed = read_signature(armour(b"")).signed_bytes(MESSAGE)
        counted = bytes([flags]) + (7).to_bytes(4, "big")
        raw = private.sign(hashlib.sha256(application).digest() + counted + hashlib.sha256(signed).digest())
        return read_signature(armour(raw))

    assert holds(by(1), MESSAGE)
    assert holds(by(5), MESSAGE)
    assert not holds(by(0), MESSAGE)
    assert not holds(by(1), MESSAGE + b" ")
