"""Links as people write them, without the signs of the sentence around them."""

import pytest

from purdah_scheduler.channels.links import links


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("See https://www.gov.uk/a.", ["https://www.gov.uk/a"]),
        ("See gov.uk/tides, please", ["gov.uk/tides"]),
        ("(https://www.gov.uk/a_(b))", ["https://www.gov.uk/a_(b)"]),
        ("(see https://www.gov.uk/a)", ["https://www.gov.uk/a"]),
        ("https://www.gov.uk/a?b=1&c=2#d!", ["https://www.gov.uk/a?b=1&c=2#d"]),
        ("“https://www.gov.uk/a”", ["https://www.gov.uk/a"]),
        ("HTTPS://WWW.GOV.UK and http://localhost.example:8080/x", ["HTTPS://WWW.GOV.UK", "http://localhost.example:8080/x"]),
        ("llyw.cymru, gov.scot and gov.wales", ["llyw.cymru", "gov.scot", "gov.wales"]),
        ("Mr.Smith read file.txt at 9.30am and v1.2.3", []),
        ("write to press@lights.gov.uk or @press.gov.uk", []),
        ("javascript:alert(1) ftp://gov.uk/x", []),
        ("", []),
    ],
)
def test_what_is_a_link(text: str, written: list[str]) -> None:
    assert [text[link.start : link.end] for link in links(text)] == written


def test_a_bare_domain_leads_to_its_secure_address() -> None:
    assert [link.address for link in links("gov.uk and http://gov.uk")] == ["https://gov.uk", "http://gov.uk"]
