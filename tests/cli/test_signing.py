"""Signing at the command line: here by ssh-keygen, or on another machine and pasted back; what is refused decides nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.application.signers import make_key
from tests.cli.conftest import Desk


class Signing:
    """The desk with a stage that has to be signed, bede's key, and a post that waits for it."""

    def __init__(self, desk: Desk, key: Path) -> None:
        self.desk, self.key = desk, key
        config = desk.path.read_text()
        stage = 'id = "approval"\nrole = "approver"\n'
        person = 'name = "Bede Calloway"\nroles = ["approver"]\n'
        assert stage in config
        assert person in config
        config = config.replace(stage, stage + 'min_assurance = "signed"\n')
        line = key.with_suffix(".pub").read_text().strip()
        desk.path.write_text(config.replace(person, f'{person}\n[[person.key]]\nkey = "{line}"\n'))
        made = desk.new()
        desk.ok("post", "submit", str(made["post"]), by="asha")
        self.post = int(made["post"])
        self.line = ["post", "decide", str(made["post"]), "--stage", "approval", "--approve", "--digest", str(made["digest"])]

    def request(self) -> str:
        return self.desk.ok(*self.line, "--print-signing-request", by="bede").out

    def state(self) -> object:
        return self.desk.shown(self.post)["state"]


@pytest.fixture
def signing(desk: Desk, tmp_path: Path) -> Signing:
    return Signing(desk, make_key(tmp_path, "bede"))


def test_a_decision_is_signed_here(signing: Signing) -> None:
    ran = signing.desk.ok(*signing.line, "--sign", "--key", str(signing.key), "--json", by="bede")
    assert (ran.object["state"], ran.object["assurance"]) == ("cleared", "signed")
    assert "(signed)" in signing.desk.ok("post", "show", str(signing.post)).out


def test_without_a_signature_nothing_is_decided_and_the_way_is_shown(signing: Signing) -> None:
    ran = signing.desk(*signing.line, by="bede")
    assert (ran.code, ran.out) == (1, "")
    assert "has to be signed" in ran.err
    assert "--sign" in ran.err
    assert signing.state() == "in_review"


def test_a_request_is_signed_elsewhere_with_the_command_that_is_shown_and_brought_back(signing: Signing, tmp_path: Path) -> None:
    ran = signing.desk.ok(*signing.line, "--print-signing-request", by="bede")
    assert ran.out.startswith("purdah-decision-v1\n{")
    assert signing.state() == "in_review"
    (tmp_path / "decision.txt").write_text(ran.out)
    command = next(line.strip() for line in ran.err.splitlines() if "ssh-keygen" in line)
    words = command.replace("~/.ssh/id_ed25519", str(signing.key)).split()
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    both = ran.out + (tmp_path / "decision.txt.sig").read_text()
    (tmp_path / "both.txt").write_text(both)
    done = signing.desk.ok(*signing.line, "--signature", str(tmp_path / "both.txt"), "--json", by="bede").object
    assert (done["state"], done["assurance"]) == ("cleared", "signed")


@pytest.mark.parametrize(
    ("piece", "code", "said"),
    [
        ("request", 64, "the signature is missing"),
        ("signature", 64, "the request that was signed is missing"),
        ("changed", 64, "is no request of this program: its second line was changed"),
        ("other", 1, "no key of bede"),
    ],
)
def test_what_is_pasted_back_wrong_decides_nothing(signing: Signing, tmp_path: Path, piece: str, code: int, said: str) -> None:
    from purdah_scheduler.signatures.keygen import sign

    request = signing.request()
    key = make_key(tmp_path, "other") if piece == "other" else signing.key
    signature = sign(request.encode(), (), key=key)
    pasted = {"request": request, "signature": signature, "changed": request.replace('{"', '{ "') + signature}
    ran = signing.desk(*signing.line, "--signature", "-", by="bede", stdin=pasted.get(piece, request + signature).encode())
    assert ran.code == code, ran
    assert said in ran.err
    assert "othing was decided" in ran.err
    assert signing.state() == "in_review"


def test_one_way_at_a_time(signing: Signing) -> None:
    for options in (("--sign", "--print-signing-request"), ("--key", "x"), ("--signature", "-", "--sign")):
        ran = signing.desk(*signing.line, *options, by="bede")
        assert (ran.code, "Give one of them" in ran.err) == (64, True)


def test_a_machine_without_ssh_keygen_says_so(signing: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ran = signing.desk(*signing.line, "--sign", by="bede")
    assert ran.code == 64
    assert "There is no ssh-keygen on this machine, so nothing was signed" in ran.err
    assert "--print-signing-request" in ran.err


def test_a_key_that_is_not_there_or_not_ones_own_signs_nothing(signing: Signing, tmp_path: Path) -> None:
    assert "There is no key" in signing.desk(*signing.line, "--sign", "--key", "nowhere", by="bede").err
    other = make_key(tmp_path, "other")
    ran = signing.desk(*signing.line, "--sign", "--key", str(other), by="bede")
    assert (ran.code, "by no key of bede" in ran.err) == (1, True)
    ran = signing.desk("--as", "carys", *signing.line, "--sign")
    assert (ran.code, "No key of yours stands in the configuration" in ran.err) == (64, True)


def test_the_key_is_found_beside_its_public_half_and_in_the_agent(
    signing: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key that lies in ~/.ssh; then with one that only the agent has."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    ran = signing.desk(*signing.line, "--sign", by="bede")
    assert (ran.code, "ssh-keygen signed nothing" in ran.err) == (1, True)
    with agent(tmp_path / "agent", signing.key) as socket:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        assert signing.desk.ok(*signing.line, "--sign", "--json", by="bede").object["assurance"] == "signed"
    monkeypatch.delenv("SSH_AUTH_SOCK")
    signing.desk.ok(*(word if word != "--approve" else "--withdraw" for word in signing.line), by="bede")
    for half in (signing.key, signing.key.with_suffix(".pub")):
        (home / ".ssh" / half.name).write_bytes(half.read_bytes())
        (home / ".ssh" / half.name).chmod(0o600)
    assert signing.desk.ok(*signing.line, "--sign", "--json", by="bede").object["assurance"] == "signed"


def test_a_signature_that_takes_too_long_is_given_up_and_the_terminal_is_whole(tmp_path: Path) -> None:
    """ssh-keygen waits for a passphrase on a terminal; it is ended, and what is typed is shown again."""
    path = tmp_path / "locked"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "a passphrase", "-f", str(path)]
    try:
        subprocess.run(make, check=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("there is no ssh-keygen on this machine")
    program = (
        "import sys, termios\n"
        "from pathlib import Path\n"
        "from purdah_scheduler.errors import TryAgain\n"
        "from purdah_scheduler.signatures.keygen import sign\n"
        "before = termios.tcgetattr(0)\n"
        "try:\n"
        f"    sign(b'x', (), key=Path({str(path)!r}), patience=1.5)\n"
        "except TryAgain as fault:\n"
        "    print(fault.message, termios.tcgetattr(0)[3] == before[3])\n"
    )
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("SSH_AUTH_SOCK", None)
        os.environ.pop("DISPLAY", None)
        os.execv(sys.executable, [sys.executable, "-c", program])  # noqa: S606 - the child of a fork
    said = b""
    try:
        while piece := os.read(terminal, 1000):
            said += piece
    except OSError:
        pass  # the other side has closed
    os.waitpid(pid, 0)
    os.close(terminal)
    assert b"passphrase" in said
    assert b"was not done within 1.5 seconds, so nothing was signed. True" in said


class agent:  # noqa: N801 - used as a block
    """An ssh-agent with one key, for as long as the block lasts."""

    def __init__(self, socket: Path, key: Path) -> None:
        self.socket, self.key = str(socket), key

    def __enter__(self) -> str:
        self.process = subprocess.Popen(["ssh-agent", "-D", "-a", self.socket], stdout=subprocess.DEVNULL)
        import time

        until = time.monotonic() + 60
        while not Path(self.socket).exists() and time.monotonic() < until:
            time.sleep(0.02)
        environment = {**os.environ, "SSH_AUTH_SOCK": self.socket}
        subprocess.run(["ssh-add", "-q", self.key], env=environment, check=True, timeout=60, capture_output=True)
        return self.socket

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)


def test_people_are_listed_with_their_keys_and_whether_each_counts_today(desk: Desk, tmp_path: Path) -> None:
    said = {"old": "valid_to = 2020-01-01", "new": "valid_from = 2020-01-01", "gone": "revoked = true"}
    keys = {name: make_key(tmp_path, name) for name in said}
    person = 'name = "Bede Calloway"\nroles = ["approver"]\n'
    public = {name: key.with_suffix(".pub").read_text().strip() for name, key in keys.items()}
    tables = "".join(f'\n[[person.key]]\nkey = "{public[name]}"\n{terms}\n' for name, terms in said.items())
    desk.path.write_text(desk.path.read_text().replace(person, person + tables))
    people = {line["person"]: line for line in desk.ok("people", "list", "--json").objects}
    assert [(key["counts"], key["revoked"]) for key in people["bede"]["keys"]] == [(False, False), (True, False), (False, True)]
    assert people["bede"]["keys"][1]["valid_from"].startswith("2020-01-01T00:00:00")
    assert (people["asha"]["keys"], people["asha"]["logins"]) == ([], [])
    shown = subprocess.run(["ssh-keygen", "-lf", keys["new"].with_suffix(".pub")], capture_output=True, text=True, check=True)
    out = desk.ok("people", "list").out
    assert shown.stdout.split()[1] in out
    for words in ("no longer valid; until Thu 2 Jan 2020", "counts; from Wed 1 Jan 2020", "does not count, it was revoked"):
        assert words in out
