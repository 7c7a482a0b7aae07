"""People who sign at the desk: real OpenSSH keys, made once, and an office that knows them."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from purdah_scheduler.application import deciding
from purdah_scheduler.application.evidence import Evidence
from purdah_scheduler.application.proving import Signed
from purdah_scheduler.domain.clearance import Choice, Stage
from purdah_scheduler.domain.people import Assurance, Person, Role
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.domain.ssh_keys import SigningKey, read_public_key
from purdah_scheduler.domain.statements import NAMESPACE, Request
from purdah_scheduler.signatures.keygen import sign
from purdah_scheduler.signatures.verifying import holds
from tests.application.desk import Desk


def make_key(folder: Path, name: str, kind: str = "ed25519", bits: int = 0) -> Path:
    """A key without a passphrase, made by ssh-keygen; the path of its private half. Skips where there is no ssh-keygen."""
    path = folder / name
    size = ["-b", str(bits)] if bits else []
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", name, "-f", path], check=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("there is no ssh-keygen on this machine")
    return path


def public(path: Path, **terms: object) -> SigningKey:
    """The public half, as a configuration would have it."""
    return SigningKey(key=read_public_key(path.with_suffix(".pub").read_text()), **terms)  # type: ignore[arg-type]  # by name


def sign_with(path: Path, request: Request, namespace: str = NAMESPACE) -> Signed:
    """What ssh-keygen makes of a request."""
    if namespace == NAMESPACE:
        return Signed(request=request, armoured=sign(request.message, (), key=path))
    command = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(path)]
    done = subprocess.run(command, input=request.message, capture_output=True, check=True, timeout=60)
    return Signed(request=request, armoured=done.stdout.decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """A desk on which one stage has to be signed, and the keys of its people by their ids."""

    desk: Desk
    keys: Mapping[str, Path]

    def with_people(self, *changed: Person) -> Desk:
        """The same desk after a change of the configuration."""
        house = self.desk.office.house
        new = {person.id: person for person in changed}
        people = tuple(new.get(person.id, person) for person in house.people)
        return replace(self.desk, office=replace(self.desk.office, house=replace(house, people=people)))

    def person(self, person_id: str) -> Person:
        """Somebody with their key."""
        return self.desk.office.house.person(person_id)

    def request(self, person_id: str, post: int, choice: Choice = Choice.APPROVE, **more: str) -> Request:
        """What that person would sign on the stage `press`."""
        desk = self.desk
        actor = desk.act(self.person(person_id))
        stage = more.pop("stage", "press")
        return deciding.request(desk.office, actor, post, stage=stage, choice=choice, typed_digest=desk.code(post), **more)

    def decide(
        self, person_id: str, post: int, signed: Signed | None = None, choice: Choice = Choice.APPROVE, **more: str
    ) -> PostState:
        """A decision of that person, signed with their key unless another signature is given."""
        desk = self.desk
        given = signed or sign_with(self.keys[person_id], self.request(person_id, post, choice, **more))
        stage = more.pop("stage", "press")
        actor = desk.act(self.person(person_id))
        return deciding.decide(
            desk.office, actor, post, stage=stage, choice=choice, typed_digest=desk.code(post), signed=given, **more
        )

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self.desk.clock.at = moment


def signing_desk(desk: Desk, folder: Path) -> Signers:
    """The desk with keys for Bob, Pat and Ann, where the stage `press` has to be signed."""
    house = desk.office.house
    keys = {person: make_key(folder, f"key-{person}") for person in ("bob", "pat", "ann")}
    people = tuple(replace(person, keys=(public(keys[person.id]),)) if person.id in keys else person for person in house.people)
    with desk.office.store.read() as reader:
        evidence = Evidence(instance=reader.instance(), verify=holds)
    chain = (Stage(id="press", label="Press office", role=Role.APPROVER, min_assurance=Assurance.SIGNED),)
    changed = replace(house, people=people, chain=chain, evidence=evidence)
    return Signers(desk=replace(desk, office=replace(desk.office, house=changed)), keys=keys)
