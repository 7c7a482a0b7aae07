"""Any file of tokens is read, or refused without a word of what is in it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.channels.credentials import CredentialsFile, read_credentials
from purdah_scheduler.errors import BadSetup
from tests.fakes.x_rules import CREDENTIALS
from tests.fuzz import damaged, fuzzed, in_time, read_or_refused

pytestmark = in_time

SAMPLE = "".join(f'{name} = "{value}"\n' for name, value in CREDENTIALS.items()).encode()


@fuzzed
@given(damaged([SAMPLE], [f"{name} = ".encode() for name in CREDENTIALS]) | st.binary(max_size=300))
def test_a_damaged_file_is_read_or_refused_without_repeating_it(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.toml"
    path.touch(mode=0o600)
    path.write_bytes(data)
    with read_or_refused(BadSetup, file=path):
        try:
            tokens = read_credentials(CredentialsFile(path=path, handed_over=False), account="dept", channel="x")
        except BadSetup as refusal:
            said = f"{refusal} {refusal.__cause__!r}"
            assert not [value for value in CREDENTIALS.values() if value in said]
            raise
        assert all(value.isascii() and value.isprintable() for value in tokens.values())
