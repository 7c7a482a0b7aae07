"""The live address of Every Election brings what a file of it would, or one refusal: within limits, and from one place alone."""

import json
import socket
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler import __version__
from purdah_scheduler.calendars import every_election_web
from purdah_scheduler.calendars.every_election import read_files
from purdah_scheduler.calendars.every_election_web import Fetched, Question, fetch, read_fetched
from purdah_scheduler.errors import BadInput, PlatformUnavailable, ProductError, TryAgain
from purdah_scheduler.web import TimeLimits
from tests.fakes.fake_every_election import Act, FakeEveryElection, ballot, changed, packed, status

SAMPLE = Path(__file__).parent.parent / "data" / "everyelection-sample.json"
PATIENT = TimeLimits(connect=20, read=20, total=40)
"""For answers that come: a busy machine may take its time."""
BRIEF = TimeLimits(connect=20, read=0.4, total=40)
"""For answers that never come."""
THREE = [ballot("hill"), ballot("dale"), ballot("fen")]


def asked(fake: FakeEveryElection, question: Question | None = None, *, limits: TimeLimits = PATIENT) -> Fetched:
    return fetch(question or Question(), origin=fake.origin, limits=limits)


def refused(fake: FakeEveryElection, kind: type[ProductError], *, limits: TimeLimits = PATIENT) -> str:
    """The sentence of the refusal, which says that nothing was imported and what to do next."""
    with pytest.raises(ProductError) as refusal:
        asked(fake, limits=limits)
    assert type(refusal.value) is kind
    message = refusal.value.message
    assert message.isprintable()
    assert refusal.value.next_step
    assert "othing was imported" in message
    return message


# --- what comes ---------------------------------------------------------------------------------------------------


def test_all_pages_are_one_answer_that_is_read_as_a_file_of_it_is(tmp_path: Path) -> None:
    ballots = json.loads(SAMPLE.read_text("utf-8"))["results"]
    with FakeEveryElection(ballots, page_size=2) as fake:
        fetched = asked(fake)
    assert (fetched.pages, fetched.results) == (3, len(ballots))
    kept = tmp_path / "kept.json"
    kept.write_bytes(fetched.data)
    assert read_fetched(fetched) == read_files([kept]) == read_files([SAMPLE])


def test_the_answer_is_kept_as_it_came_in_lines_that_a_person_can_read() -> None:
    with FakeEveryElection(THREE, page_size=1) as fake:
        data = asked(fake).data
    assert json.loads(data) == {"count": 3, "next": None, "previous": None, "results": THREE}
    assert data.count(b"\n") > 20


def test_the_question_names_days_and_organisation_by_the_filters_of_every_election() -> None:
    question = Question(since=date(2028, 5, 1), until=date(2028, 5, 31), organisation="XMP")
    with FakeEveryElection([*THREE, ballot("far", organisation={"official_identifier": "OTH"})]) as fake:
        assert asked(fake, question).results == 3
    assert fake.asked == [
        {
            "identifier_type": "ballot",
            "poll_open_date__gte": "2028-05-01",
            "poll_open_date__lte": "2028-05-31",
            "organisation_identifier": "XMP",
            "limit": "100",
        }
    ]


def test_each_page_is_a_new_connection_that_says_who_asks_and_carries_no_cookie() -> None:
    with FakeEveryElection(THREE, page_size=1) as fake:
        fake.behave(lambda handler, page: handler.reply(200, page, headers={"Set-Cookie": "who=me"}))
        asked(fake)
    assert fake.connections == 3
    assert {headers["User-Agent"] for headers in fake.headers} == {f"purdah-scheduler/{__version__}"}
    assert not any("Cookie" in headers or "Authorization" in headers for headers in fake.headers)


def test_the_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with FakeEveryElection(THREE) as fake:
        assert asked(fake).results == 3


def test_no_ballots_are_an_answer_too() -> None:
    with FakeEveryElection([]) as fake:
        assert read_fetched(asked(fake)).incoming == ()


def test_a_packed_page_is_unpacked() -> None:
    with FakeEveryElection(THREE) as fake:
        fake.behave(packed(json.dumps({"count": 3, "next": None, "results": THREE}).encode()))
        assert asked(fake).results == 3


def test_pages_of_before_the_timetable_and_cancelled_and_replaced_ballots_are_read_as_in_files() -> None:
    old = {key: value for key, value in ballot("hill").items() if key != "timetable"}
    off = ballot("fen", cancelled=True, replaced_by="local.exampleshire.fen.by.2028-06-15")
    with FakeEveryElection([old, off], page_size=1) as fake:
        found = read_fetched(asked(fake))
    assert [each.period.id for each in found.incoming] == [
        "ee-local-exampleshire-council-2028-05-04-councils",
        "ee-local-exampleshire-council-fen-by-2028-06-15-councils",
    ]
    assert found.incoming[0].remarks == (
        "1 of its 2 ballots cancelled; the election goes on.",
        "Its dates are not in the file and were calculated.",
    )


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (status(302, b"", {"Location": "/elsewhere"}), PlatformUnavailable, "answered with a redirect (status 302)"),
        (status(429), TryAgain, "takes no more questions for now (status 429)"),
        (status(503), TryAgain, "takes no more questions for now (status 503)"),
        (status(500), PlatformUnavailable, "answered with status 500"),
        (status(404), PlatformUnavailable, "answered with status 404"),
        (status(204, b""), PlatformUnavailable, "answered with status 204"),
        (status(200), PlatformUnavailable, "line 1 is not JSON"),
        (status(200, b""), PlatformUnavailable, "line 1 is not JSON"),
        (status(200, b'{"count": 1, "results": [NaN]}'), PlatformUnavailable, "line 1 has NaN"),
        (status(200, b"[" * 100), PlatformUnavailable, "nested more than 32 deep"),
        (status(200, []), PlatformUnavailable, "no page of a list"),
        (changed(results=None), PlatformUnavailable, "no list of results"),
        (changed(count=None), PlatformUnavailable, "no list of results with their count"),
        (changed(count=True), PlatformUnavailable, "no list of results with their count"),
        (changed(count=-1), PlatformUnavailable, "no list of results with their count"),
        (changed(next=7), PlatformUnavailable, "its next page has no address"),
        (changed(count=99_999), BadInput, "has 99999 ballots for that and at most 12000"),
        (packed(b" " * 50_000_000), PlatformUnavailable, "more than 4 MB came"),
        (packed(b" " * 50_000_000, times=2), PlatformUnavailable, "more than 4 MB came"),
        (status(200, b"no gzip", {"Content-Encoding": "gzip"}), PlatformUnavailable, "could not be asked"),
        (lambda handler, page: handler.reply(200, page, length=99_999), PlatformUnavailable, "the connection was cut"),
        (lambda handler, page: handler.reply(200, page, length=50), PlatformUnavailable, "is not JSON"),
        (lambda handler, _page: handler.flood(), PlatformUnavailable, "more than 4 MB came"),
        (lambda handler, _page: handler.connection.shutdown(socket.SHUT_RDWR), PlatformUnavailable, "the connection was cut"),
    ],
)
def test_whatever_goes_wrong_on_whichever_page_is_one_sentence(act: Act, kind: type[ProductError], words: str, page: int) -> None:
    with FakeEveryElection(THREE, page_size=1) as fake:
        fake.behave(act, page=page)
        assert words in refused(fake, kind)
    assert len(fake.asked) == page


def test_an_answer_that_never_comes_is_not_waited_for() -> None:
    with FakeEveryElection(THREE) as fake:
        fake.behave(lambda handler, _page: handler.fake.stopping.wait(30))
        assert "no answer within 0.4 s" in refused(fake, PlatformUnavailable, limits=BRIEF)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elections.evil.example/api/elections/?offset=1",
        "http://localhost:{port}/api/elections/?offset=1",
        "https://127.0.0.1:{port}/api/elections/?offset=1",
        "http://127.0.0.1:{port}/api/organisations/?offset=1",
        "http://127.0.0.1:{port}/api/elections/../secrets/?offset=1",
        "http://user:word@127.0.0.1:{port}/api/elections/?offset=1",
        "http://127.0.0.1:{port}@evil.example/api/elections/?offset=1",
        "http://127.0.0.1:{port}\\@evil.example/api/elections/?offset=1",
        "http://127.0.0.1:{port}/api/elections/?offset=1#there",
        "http://127.0.0.1:{port}/api/elections/?offset=1\r\nHost: evil",
        "//127.0.0.1:{port}/api/elections/?offset=1",
        "?offset=1",
        "file:///etc/passwd",
        "http://[bad/api/elections/",
        "http://127.0.0.1:{port}/api/elections/?offset=" + "1" * 3000,
        "\x1b[2J",
    ],
)
def test_a_next_page_at_any_other_place_is_refused_and_never_asked(elsewhere: str) -> None:
    with FakeEveryElection(THREE, page_size=1) as fake:
        port = fake.origin.rpartition(":")[2]
        fake.behave(changed(next=elsewhere.replace("{port}", port)))
        assert "its next page is elsewhere" in refused(fake, PlatformUnavailable)
    assert len(fake.asked) == 1


def test_pages_that_lead_in_a_circle_are_refused() -> None:
    with FakeEveryElection(THREE, page_size=1) as fake:
        fake.behave(lambda handler, page: handler.reply(200, page | {"next": f"{fake.origin}{handler.path}"}), page=2)
        assert "lead in a circle" in refused(fake, PlatformUnavailable)


def test_an_empty_page_before_the_last_is_refused() -> None:
    with FakeEveryElection(THREE, page_size=1) as fake:
        fake.behave(changed(results=[]))
        assert "lead in a circle" in refused(fake, PlatformUnavailable)


def test_more_pages_than_are_taken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every_election_web, "MAX_PAGES", 2)
    with FakeEveryElection(THREE, page_size=1) as fake:
        assert "more than 2 pages" in refused(fake, PlatformUnavailable)
    assert len(fake.asked) == 2


def test_more_bytes_on_all_pages_together_than_are_taken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every_election_web, "MAX_BYTES", 1_000)
    with FakeEveryElection(THREE, page_size=1) as fake:
        refused(fake, BadInput)


@pytest.mark.parametrize("change", [changed(count=4), changed(results=[ballot("hill")])], ids=["counted anew", "moved up"])
def test_a_list_that_changes_while_it_is_read_is_asked_for_again(change: Act) -> None:
    """Pages are counted by their offset: what is added or taken away meanwhile would be read twice, or not at all."""
    with FakeEveryElection(THREE, page_size=1) as fake:
        fake.behave(change, page=2)
        assert "changed while it was read" in refused(fake, TryAgain)


@pytest.mark.parametrize(
    ("after", "words"), [("30", "in a minute"), ("600", "in 10 minutes"), ("soon", "later"), ("9" * 9, "later")]
)
def test_how_long_every_election_asks_to_wait_is_passed_on(after: str, words: str) -> None:
    with FakeEveryElection(THREE) as fake:
        fake.behave(status(429, headers={"Retry-After": after}))
        with pytest.raises(TryAgain) as refusal:
            asked(fake)
    assert refusal.value.next_step == f"Try again {words}."


def test_a_faulty_ballot_is_a_fault_of_the_answer_with_its_line() -> None:
    with FakeEveryElection([ballot("hill"), ballot("dale", cancelled="no")], page_size=1) as fake:
        fetched = asked(fake)
    lines = fetched.data.decode().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "dale" in text)
    with pytest.raises(PlatformUnavailable, match=f"line {line}: the result local.exampleshire.dale"):
        read_fetched(fetched)


@pytest.mark.parametrize("result", [7, None, {}, {"election_id": 7}, {"election_id": "\x1b[2J"}, []])
def test_a_result_that_is_no_ballot_is_a_fault_of_the_answer(result: Any) -> None:
    with FakeEveryElection([]) as fake:
        fake.behave(changed(count=1, results=[result]))
        with pytest.raises(PlatformUnavailable):
            read_fetched(asked(fake))


# --- time ---------------------------------------------------------------------------------------------------------


def test_a_slow_drip_ends_with_the_time_for_the_whole() -> None:
    with FakeEveryElection(THREE) as fake:
        fake.behave(lambda handler, _page: handler.drip(0.1))
        assert "within 1 s" in refused(fake, PlatformUnavailable, limits=TimeLimits(connect=20, read=20, total=1))


def test_the_time_for_the_whole_is_shared_by_all_pages() -> None:
    def late(handler: Any, page: dict[str, Any]) -> None:
        time.sleep(0.3)
        handler.honest(page)

    with FakeEveryElection([ballot(f"ward-{number}") for number in range(20)], page_size=1) as fake:
        for page in range(1, 21):
            fake.behave(late, page=page)
        assert "within 1 s" in refused(fake, PlatformUnavailable, limits=TimeLimits(connect=20, read=20, total=1))
    assert len(fake.asked) < 20


# --- who answers --------------------------------------------------------------------------------------------------


def test_a_certificate_that_nobody_signed_is_refused_before_anything_is_asked() -> None:
    with FakeEveryElection(THREE, tls=True) as fake:
        assert "no secure connection (TLS) could be made" in refused(fake, PlatformUnavailable)
    assert fake.asked == []


def test_a_server_without_tls_is_refused() -> None:
    with FakeEveryElection(THREE) as fake:
        origin = fake.origin.replace("http:", "https:")
        with pytest.raises(PlatformUnavailable, match="TLS"):
            fetch(Question(), origin=origin, limits=PATIENT)
    assert fake.asked == []


def test_nobody_at_the_address_is_a_refusal() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(PlatformUnavailable, match="no connection could be made"):
            fetch(Question(), origin=f"http://127.0.0.1:{silent.getsockname()[1]}", limits=PATIENT)


def test_the_address_of_every_election_is_asked_unless_there_is_another() -> None:
    with pytest.raises(PlatformUnavailable, match=r"https://elections\.democracyclub\.org\.uk could not be asked \(its name"):
        fetch(Question(), limits=PATIENT)
