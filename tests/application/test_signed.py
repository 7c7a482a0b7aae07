"""Attacks on signed decisions: only a signature of this person's key over this very decision, in this queue, clears a post."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import gate, scheduling, writing
from purdah_scheduler.application.gate import Answer
from purdah_scheduler.application.proving import Signed
from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.people import Assurance, Least
from purdah_scheduler.domain.posts import HoldReason, PostState
from purdah_scheduler.errors import NotAllowed, NotProven
from purdah_scheduler.store.sqlite_file import library
from tests.application.desk import ANN, BOB, MONDAY, OLA, PAT, Desk, election
from tests.application.signers import Signers, make_key, public, sign_with, signing_desk

DAY = timedelta(days=1)


@pytest.fixture
def signers(desk: Desk, tmp_path: Path) -> Signers:
    return signing_desk(desk, tmp_path)


def in_review(desk: Desk) -> int:
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    return post


def asked(desk: Desk, post: int) -> Answer:
    office = desk.office
    with office.store.read() as reader:
        return gate.ask(reader, house=office.house, shelf=office.shelf, post=post, account="dept", at=office.now())


def test_a_signed_approval_clears_and_its_proof_stays_with_it(signers: Signers) -> None:
    desk = signers.desk
    post = in_review(desk)
    assert signers.decide("bob", post) is PostState.CLEARED
    assert asked(desk, post).go
    with desk.office.store.read() as reader:
        (decision,) = reader.decisions(post)
        (entry,) = [entry for entry in reader.entries(post=post) if entry.action == "decision.approve"]
    assert decision.assurance is Assurance.SIGNED
    assert entry.facts["proof"] == decision.proof
    assert entry.facts["assurance"] == "signed"


def test_openssh_itself_verifies_the_proof_that_is_kept(signers: Signers, tmp_path: Path) -> None:
    import subprocess

    post = in_review(signers.desk)
    request = signers.request("bob", post)
    signers.decide("bob", post, sign_with(signers.keys["bob"], request))
    with signers.desk.office.store.read() as reader:
        proof = reader.decisions(post)[0].proof
    (tmp_path / "proof.sig").write_text(proof)
    (tmp_path / "people").write_text(f"bob {signers.keys['bob'].with_suffix('.pub').read_text()}")
    command = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "people"), "-I", "bob", "-n", "decision@purdah-scheduler"]
    subprocess.run([*command, "-s", tmp_path / "proof.sig"], input=request.message, check=True, capture_output=True)


def test_a_claimed_decision_does_not_clear_what_has_to_be_signed(signers: Signers) -> None:
    desk = signers.desk
    post = in_review(desk)
    with pytest.raises(NotProven, match="“Press office” has to be signed, and this one is recorded, not verified") as refusal:
        desk.decide(signers.person("bob"), post)
    assert "--sign" in refusal.value.next_step
    assert desk.state(post) is PostState.IN_REVIEW
    answer = asked(desk, post)
    assert answer.first.code is HoldReason.CLEARANCE
    assert "a person with the role approver who signs it" in answer.first.reason
    assert answer.first.next_step.endswith("--sign")


def test_a_claimed_approval_from_before_the_signature_was_asked_for_counts_no_more(desk: Desk, tmp_path: Path) -> None:
    post = desk.cleared()
    changed = signing_desk(desk, tmp_path).desk
    assert asked(changed, post).first.code is HoldReason.CLEARANCE
    view = post_view(changed.office, post)
    assert view.decisions[0].why_not == "it is recorded, not verified; it has to be signed"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"instance": "0" * 32}, "for another queue"),
        ({"post": 2}, "for post 2"),
        ({"person": "pat"}, "its person differs"),
        ({"stage": "legal"}, "its stage differs"),
        ({"choice": Choice.REJECT}, "its choice differs"),
        ({"digest": "0" * 64}, "its digest differs"),
        ({"revision": 2}, "its revision differs"),
        ({"reason": "because"}, "its reason differs"),
        ({"answers": ("flag",)}, "its answers differs"),
    ],
)
def test_a_signature_over_anything_else_is_refused(signers: Signers, change: dict[str, object], said: str) -> None:
    """Replayed from another store, post, stage or person, or for another digest, choice, revision or reason."""
    post = in_review(signers.desk)
    request = signers.request("bob", post)
    own = {key: value for key, value in change.items() if key in ("instance", "post")}
    given = {key: value for key, value in change.items() if key not in own}
    other = replace(request, decision=replace(request.decision, **given), **own)  # type: ignore[arg-type]  # built by name
    with pytest.raises(NotProven, match=said):
        signers.decide("bob", post, sign_with(signers.keys["bob"], other))
    # The same signature presented as if it were over the right words.
    with pytest.raises(NotProven, match="its signature is not of this decision"):
        signers.decide("bob", post, Signed(request=request, armoured=sign_with(signers.keys["bob"], other).armoured))
    assert signers.desk.state(post) is PostState.IN_REVIEW


def test_a_signature_in_another_namespace_is_refused(signers: Signers) -> None:
    post = in_review(signers.desk)
    with pytest.raises(NotProven, match="made for another purpose \\(namespace 'git'\\)"):
        signers.decide("bob", post, sign_with(signers.keys["bob"], signers.request("bob", post), namespace="git"))


def test_a_signature_by_somebody_elses_key_is_refused(signers: Signers, tmp_path: Path) -> None:
    post = in_review(signers.desk)
    request = signers.request("bob", post)
    for key in (signers.keys["pat"], make_key(tmp_path, "unknown")):
        with pytest.raises(NotProven, match="its signature is by no key of bob"):
            signers.decide("bob", post, sign_with(key, request))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"revoked": True}, "its key was revoked"),
        ({"valid_to": MONDAY}, "its key was no longer valid"),
        ({"valid_from": MONDAY + timedelta(minutes=1)}, "its key was not valid yet"),
    ],
)
def test_a_key_that_does_not_count_signs_nothing(signers: Signers, terms: dict[str, object], said: str) -> None:
    post = in_review(signers.desk)
    bob = replace(BOB, keys=(public(signers.keys["bob"], **terms),))
    changed = replace(signers, desk=signers.with_people(bob))
    with pytest.raises(NotProven, match=said):
        changed.decide("bob", post)


def test_at_the_gate_a_revoked_key_stops_counting_and_an_expired_one_counts_for_its_time(signers: Signers) -> None:
    post = in_review(signers.desk)
    signers.decide("bob", post)
    key = signers.keys["bob"]
    later = signers.with_people(replace(BOB, keys=(public(key, valid_to=MONDAY + DAY),)))
    signers.at(MONDAY + 5 * DAY)
    assert asked(later, post).go
    revoked = signers.with_people(replace(BOB, keys=(public(key, revoked=True),)))
    assert asked(revoked, post).first.code is HoldReason.CLEARANCE
    assert post_view(revoked.office, post).decisions[0].why_not == "its key was revoked"


def test_a_leaver_whose_key_is_taken_out_or_who_is_suspended_clears_nothing(signers: Signers) -> None:
    from purdah_scheduler.application.stopping import suspend

    desk = signers.desk
    post = in_review(desk)
    signers.decide("bob", post)
    without = signers.with_people(replace(BOB, keys=()))
    assert post_view(without.office, post).decisions[0].why_not == "its signature is by no key of bob"
    assert not asked(without, post).go
    suspend(desk.office, desk.act(OLA), "bob")
    assert not asked(desk, post).go
    with pytest.raises(NotAllowed, match="suspended"):
        signers.decide("bob", in_review(desk))


def test_a_request_is_taken_for_a_day_and_none_from_the_future(signers: Signers) -> None:
    post = in_review(signers.desk)
    signed = sign_with(signers.keys["bob"], signers.request("bob", post))
    signers.at(MONDAY + DAY + timedelta(seconds=1))
    with pytest.raises(NotProven, match="older than 24 hours"):
        signers.decide("bob", post, signed)
    signers.at(MONDAY - timedelta(minutes=6))
    with pytest.raises(NotProven, match="a time that has not come"):
        signers.decide("bob", post, signed)
    signers.at(MONDAY + timedelta(hours=23))
    assert signers.decide("bob", post, signed) is PostState.CLEARED
    with signers.desk.office.store.read() as reader:
        assert reader.decisions(post)[0].at == MONDAY


def test_a_signature_brought_again_after_it_was_taken_back_changes_nothing(signers: Signers) -> None:
    desk = signers.desk
    post = in_review(desk)
    signed = sign_with(signers.keys["bob"], signers.request("bob", post))
    signers.decide("bob", post, signed)
    signers.at(MONDAY + timedelta(minutes=1))
    assert desk.decide(signers.person("bob"), post, Choice.WITHDRAW) is PostState.IN_REVIEW
    with pytest.raises(NotProven, match="decided on press again after this was signed"):
        signers.decide("bob", post, signed)
    # Nor where the row is copied past the application.
    edit(
        desk,
        "INSERT INTO decisions (post, revision, person, stage, choice, digest, at, assurance, reason, answers, proof) "
        "SELECT post, revision, person, stage, choice, digest, at, assurance, reason, answers, proof FROM decisions WHERE id = 1",
    )
    assert not asked(desk, post).go


def test_a_no_that_was_signed_is_taken_back_by_a_signature_alone(signers: Signers) -> None:
    desk = signers.desk
    post = in_review(desk)
    signers.decide("bob", post, choice=Choice.REJECT, reason="The figure is wrong.")
    signers.at(MONDAY + timedelta(minutes=1))
    with pytest.raises(NotProven, match="What takes the place of a no that is signed has to be signed"):
        desk.decide(signers.person("bob"), post, Choice.WITHDRAW)
    assert desk.state(post) is PostState.REJECTED
    assert signers.decide("bob", post, choice=Choice.WITHDRAW) is PostState.IN_REVIEW


@pytest.mark.parametrize(
    "change",
    [
        "person = 'pat'",
        "stage = 'sign-off'",
        "digest = 'f' || substr(digest, 2)",
        "at = at - 1",
        "reason = 'I like it'",
        """answers = '["flag"]'""",
        "proof = ''",
        "proof = replace(proof, 'A', 'B')",
        "assurance = 'authenticated'",
        "assurance = 'claimed'",
    ],
)
def test_no_row_that_somebody_edited_in_the_file_clears_a_post(signers: Signers, change: str) -> None:
    """The proof refuses it even where the guards were taken away and put back."""
    desk = signers.desk
    post = in_review(desk)
    signers.decide("bob", post)
    edit(desk, f"UPDATE decisions SET {change}")  # noqa: S608 - invented values
    answer = asked(desk, post)
    assert not answer.go
    assert answer.first.code is HoldReason.CLEARANCE


def test_a_forged_row_lifts_no_rejection(signers: Signers) -> None:
    desk = signers.desk
    post = in_review(desk)
    signers.decide("bob", post, choice=Choice.REJECT, reason="The figure is wrong.")
    edit(
        desk,
        "INSERT INTO decisions (post, revision, person, stage, choice, digest, at, assurance, reason, answers, proof) "
        "SELECT post, revision, person, stage, 'withdraw', digest, at + 1, 'signed', '', '', proof FROM decisions",
    )
    assert asked(desk, post).standing.rejected_by


def test_the_guards_refuse_an_edited_decision_while_they_stand(signers: Signers) -> None:
    desk = signers.desk
    signers.decide("bob", in_review(desk))
    connection = library().connect(desk.folder / "purdah.db")
    with pytest.raises(library().IntegrityError, match="append-only"):
        connection.execute("UPDATE decisions SET proof = ''")
    connection.close()


def test_a_sign_off_has_to_be_signed_where_the_house_says_so(signers: Signers) -> None:
    from purdah_scheduler.application import calendars

    house = replace(signers.desk.office.house, least=Least(sign_off=Assurance.SIGNED))
    desk = replace(signers.desk, office=replace(signers.desk.office, house=house))
    here = replace(signers, desk=desk)
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.write(category="factual-policy")
    writing.submit(desk.office, desk.act(ANN), post)
    here.decide("bob", post)
    assert asked(desk, post).first.code is HoldReason.SIGN_OFF
    with pytest.raises(NotProven, match="“sign-off” has to be signed"):
        desk.decide(here.person("pat"), post, stage="sign-off", reason="It answers a question of the press.")
    here.decide("pat", post, stage="sign-off", reason="It answers a question of the press.")
    assert asked(desk, post).go


def test_a_signed_post_goes_out_at_its_time(signers: Signers) -> None:
    desk = signers.desk
    post = in_review(desk)
    signers.decide("bob", post)
    (queued,) = scheduling.schedule(desk.office, desk.act(ANN), post, at=MONDAY + timedelta(hours=1))
    assert queued.answer.go


def edit(desk: Desk, statement: str) -> None:
    """What somebody does who owns the file: guards away, the edit, guards back."""
    connection = library().connect(desk.folder / "purdah.db")
    guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    for _, sql in guards:
        connection.execute(sql)
    connection.commit()
    connection.close()
