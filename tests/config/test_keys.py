"""The keys of people: read with their days, and refused where they would prove nothing."""

from datetime import UTC, datetime

import pytest

from purdah_scheduler.domain.people import Assurance
from tests.config.documents import STAGE, WHOLE, only_fault, parse

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGlnTRfnHRK+ZWWDHfpg6ZK7lKt9UOKYMjcuI6F3mAWj carys@laptop"


def with_key(*lines: str, key: str = KEY) -> str:
    text = "\n".join(["[[person.key]]", f'key = "{key}"', *lines, ""])
    return WHOLE.replace(STAGE, text + STAGE)


def test_a_key_counts_from_the_first_moment_of_a_day_to_the_last_of_another() -> None:
    (key,) = parse(with_key("valid_from = 2026-06-01", "valid_to = 2026-06-30")).person("carys").keys
    assert key.why_not_at(datetime(2026, 5, 31, 22, 59, tzinfo=UTC)) == "was not valid yet"
    assert key.counts_at(datetime(2026, 5, 31, 23, 0, tzinfo=UTC))
    assert key.counts_at(datetime(2026, 6, 30, 22, 59, tzinfo=UTC))
    assert key.why_not_at(datetime(2026, 6, 30, 23, 0, tzinfo=UTC)) == "was no longer valid"


def test_a_key_without_days_counts_always_and_a_revoked_one_never() -> None:
    (key,) = parse(with_key()).person("carys").keys
    assert key.counts_at(datetime(2000, 1, 1, tzinfo=UTC))
    (revoked,) = parse(with_key("revoked = true")).person("carys").keys
    assert revoked.why_not_at(datetime(2000, 1, 1, tzinfo=UTC)) == "was revoked"


def test_a_stage_that_must_be_signed_is_taken_where_somebody_has_a_key() -> None:
    text = with_key().replace(STAGE, STAGE + 'min_assurance = "signed"\n')
    assert parse(text).chain[0].min_assurance is Assurance.SIGNED
    assert "and a key and the file has none" in only_fault(text.replace("[[clearance", "revoked = true\n[[clearance"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_key(key="ssh-dss AAAA"), "no public key that can be used: keys of the kind ssh-dss are not taken"),
        (with_key(key=KEY[:40]), "no public key that can be used: .*copy the line of its .pub file"),
        (with_key("valid_from = 2026-06-02", "valid_to = 2026-06-01"), "valid_to is before valid_from"),
        (with_key("valid_from = 2026-06-02T09:00:00"), "valid_from must be a date without quotes, such as 2026-05-07"),
        (with_key('valid_to = "2026-06-02"'), "valid_to must be a date without quotes"),
        (with_key("valid_to = 9999-12-31"), "valid_to must be a date"),
        (with_key("until = 2026-06-02"), "'until' is not known in .*person.key"),
        (with_key("[[person.key]]", f'key = "{KEY}"'), "the key SHA256:.* is listed twice"),
        (
            WHOLE.replace('[[person]]\nid = "carys', f'[[person.key]]\nkey = "{KEY}"\n[[person]]\nid = "carys').replace(
                STAGE, f'[[person.key]]\nkey = "{KEY} other"\n' + STAGE
            ),
            "the key SHA256:.* is that of asha as well; a key proves one person",
        ),
    ],
)
def test_a_key_that_proves_nothing_is_refused(text: str, said: str) -> None:
    import re

    assert re.search(said, only_fault(text)), only_fault(text)
