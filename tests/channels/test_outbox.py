"""The outbox: one file for each key, whatever happens in between, and nothing outside its folder."""

import errno
import hashlib
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.application.answers import AlreadyPublished, OutcomeUnknown, Receipt, Rejected, RetryLater
from purdah_scheduler.channels import outbox_text
from purdah_scheduler.channels.outbox import OutboxChannel, file_name_for
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.domain.people import Account

NOON = datetime(2026, 7, 22, 12, 30, tzinfo=timezone(timedelta(hours=1)))
PICTURE = b"\x89PNG not really"
MEDIUM = Media(sha256=hashlib.sha256(PICTURE).hexdigest(), size=len(PICTURE), type="image/png", alt='A "blue"\nKey: forged')


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def make_outbox(root: Path, make_account: Callable[..., Account]) -> Callable[..., OutboxChannel]:
    def make(account_id: str = "dept", at: datetime = NOON) -> OutboxChannel:
        return OutboxChannel(make_account(id=account_id, channel="outbox"), root, now=lambda: at)

    return make


@pytest.fixture
def outbox(make_outbox: Callable[..., OutboxChannel]) -> OutboxChannel:
    return make_outbox()


@pytest.fixture
def illustrated(post: Outgoing) -> Outgoing:
    return replace(post, media=(MEDIUM,), blobs={MEDIUM.sha256: PICTURE})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_file_is_named_by_the_utc_minute_and_the_key(outbox: OutboxChannel, root: Path, post: Outgoing) -> None:
    receipt = outbox.commit(post, {})
    assert receipt == Receipt(remote_id="2026-07-22T1130Z-d1-r1.txt", url="outbox:dept/2026-07-22T1130Z-d1-r1.txt")
    assert names(root / "dept") == ["2026-07-22T1130Z-d1-r1.txt"]


def test_the_file_has_a_header_that_no_value_can_forge_and_then_the_text(
    outbox: OutboxChannel, root: Path, illustrated: Outgoing
) -> None:
    receipt = outbox.commit(replace(illustrated, lang="cy", text="Key: mine\n\nBore da"), {})
    header, _, text = (root / "dept" / receipt.remote_id).read_text("utf-8").partition("\n\n")
    assert header.splitlines() == [
        'Account: "dept (@dept_example)"',
        'Written: "2026-07-22T11:30:00+00:00"',
        'Key: "d1-r1"',
        'Language: "cy"',
        'Visibility: "public"',
        'Attachment 1: "2026-07-22T1130Z-d1-r1.1.png"',
        r'Description 1: "A \"blue\"\nKey: forged"',
    ]
    assert text == "Key: mine\n\nBore da\n"


def test_the_media_lie_beside_the_text_with_the_cleared_bytes(outbox: OutboxChannel, root: Path, illustrated: Outgoing) -> None:
    outbox.commit(illustrated, {})
    assert (root / "dept" / "2026-07-22T1130Z-d1-r1.1.png").read_bytes() == PICTURE


def test_nobody_else_can_read_the_files(outbox: OutboxChannel, root: Path, illustrated: Outgoing) -> None:
    before = os.umask(0)
    try:
        outbox.commit(illustrated, {})
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (root / "dept").iterdir()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (root, root / "dept")} == {0o700}


def test_a_second_commit_an_hour_later_names_the_first_receipt(
    make_outbox: Callable[..., OutboxChannel], root: Path, post: Outgoing
) -> None:
    first = make_outbox().commit(post, {})
    with pytest.raises(AlreadyPublished) as again:
        make_outbox(at=NOON + timedelta(hours=1)).commit(replace(post, text="Another text"), {})
    assert again.value.receipt == first
    assert names(root / "dept") == [first.remote_id]


def test_keys_that_end_alike_are_told_apart(outbox: OutboxChannel, post: Outgoing) -> None:
    outbox.commit(post, {})
    for key in ("r1", "1-r1", "x-d1-r1", "d1-r1.txt", "D1-R1", "d1.r1"):
        assert outbox.find_published(replace(post, key=key), {}) is None


def test_racing_commits_of_one_key_write_one_file(make_outbox: Callable[..., OutboxChannel], root: Path, post: Outgoing) -> None:
    start = threading.Barrier(8)
    receipts: list[Receipt | None] = []

    def commit(minute: int) -> None:
        outbox = make_outbox(at=NOON + timedelta(minutes=minute))
        start.wait()
        try:
            outbox.commit(post, {})
        except AlreadyPublished as found:
            receipts.append(found.receipt)

    threads = [threading.Thread(target=commit, args=(minute,)) for minute in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(root / "dept")) == 1
    assert [receipt.remote_id for receipt in receipts if receipt] == names(root / "dept") * 7


@pytest.mark.parametrize("step", ["fsync 1", "rename 1", "fsync 2", "rename 2", "fsync 3"])
def test_a_kill_at_any_step_leaves_at_most_one_post_and_the_next_commit_settles_it(
    root: Path, make_outbox: Callable[..., OutboxChannel], illustrated: Outgoing, step: str
) -> None:
    """Steps: the picture (fsync, rename), the text (fsync, rename), the folder (fsync); the post is there after `rename 2`."""
    program = f"""
import os, pathlib
from datetime import UTC, datetime
from purdah_scheduler.channels.outbox import OutboxChannel
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body
left = {{"fsync": 0, "rename": 0}}
def dying(name, real):
    def step(*arguments):
        left[name] += 1
        if f"{{name}} {{left[name]}}" == {step!r}:
            os._exit(9)
        return real(*arguments)
    return step
os.fsync = dying("fsync", os.fsync)
pathlib.Path.rename = dying("rename", pathlib.Path.rename)
account = Account(id="dept", channel="outbox", handle="@dept_example", kind=AccountKind.DEPARTMENT, body=Body.UK_CIVIL_SERVICE)
picture = {PICTURE!r}
medium = Media(sha256={MEDIUM.sha256!r}, size=len(picture), type="image/png", alt="")
outgoing = Outgoing(key="d1-r1", account="dept", text="Text", media=(medium,), blobs={{medium.sha256: picture}})
OutboxChannel(account, pathlib.Path({str(root)!r}), now=lambda: datetime(2026, 7, 22, 9, 0, tzinfo=UTC)).commit(outgoing, {{}})
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    published = [name for name in names(root / "dept") if name.endswith(".txt")]
    outbox = make_outbox()
    if step == "fsync 3":
        assert published == ["2026-07-22T0900Z-d1-r1.txt"]
        with pytest.raises(AlreadyPublished):
            outbox.commit(illustrated, {})
    else:
        assert published == []
        assert outbox.find_published(illustrated, {}) is None
        outbox.commit(illustrated, {})
    stamp = "0900Z" if step == "fsync 3" else "1130Z"
    assert names(root / "dept") == [f"2026-07-22T{stamp}-d1-r1.1.png", f"2026-07-22T{stamp}-d1-r1.txt"]


def test_a_full_disk_publishes_nothing_leaves_nothing_and_says_so(
    outbox: OutboxChannel, root: Path, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(RetryLater, match=r"No space left on device\. Nothing was published"):
            outbox.commit(post, {})
    assert names(root / "dept") == []
    assert outbox.commit(post, {}).remote_id in names(root / "dept")


def test_a_folder_that_cannot_be_made_publishes_nothing_and_says_so(outbox: OutboxChannel, root: Path, post: Outgoing) -> None:
    root.write_text("in the way")
    for call in (lambda: outbox.commit(post, {}), outbox.check_account, lambda: outbox.find_published(post, {})):
        with pytest.raises(RetryLater, match="Nothing was published"):
            call()


def test_a_folder_that_fails_after_the_name_is_there_is_an_unknown_outcome(
    outbox: OutboxChannel, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def failing(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OutcomeUnknown):
        outbox.commit(post, {})
    assert outbox.find_published(post, {}) is not None


def test_media_other_than_the_cleared_ones_are_never_written(outbox: OutboxChannel, root: Path, illustrated: Outgoing) -> None:
    with pytest.raises(Rejected, match="differs from the one that was cleared"):
        outbox.commit(replace(illustrated, blobs={MEDIUM.sha256: b"swapped"}), {})
    with pytest.raises(Rejected, match="attachment 1 is missing"):
        outbox.commit(replace(illustrated, blobs={}), {})
    with pytest.raises(Rejected, match="attachment 1 is missing"):
        outbox.commit(replace(illustrated, blobs=None), {})
    assert names(root / "dept") == []


def test_deleting_takes_the_posts_own_media_and_no_others(outbox: OutboxChannel, root: Path, illustrated: Outgoing) -> None:
    mine = outbox.commit(illustrated, {})
    outbox.commit(replace(illustrated, key="d1-r1.1"), {})
    outbox.commit(replace(illustrated, key="d1-r10"), {})
    outbox.delete(mine.remote_id)
    assert [name for name in names(root / "dept") if "d1-r1.txt" in name or name.endswith("d1-r1.1.png")] == []
    assert len(names(root / "dept")) == 4


@pytest.mark.parametrize(
    "remote_id", ["../other/2026-07-22T1130Z-k.txt", "..", "", "/etc/passwd", "2026-07-22T1130Z-d1-r1.1.png"]
)
def test_deleting_cannot_reach_outside_or_beside_a_post(
    make_outbox: Callable[..., OutboxChannel], root: Path, illustrated: Outgoing, remote_id: str
) -> None:
    make_outbox().commit(illustrated, {})
    make_outbox("other").commit(replace(illustrated, key="k"), {})
    before = sorted(root.rglob("*"))
    make_outbox().delete(remote_id)
    assert sorted(root.rglob("*")) == before


@pytest.mark.parametrize(
    "hostile", ["..", ".", "", "../../escaped", "/etc/cron.d/x", "a/b", "a\\b", "a\0b", ".hidden", "x" * 4000, "\ud800", "é"]
)
def test_no_account_or_key_leaves_the_folder(
    make_outbox: Callable[..., OutboxChannel], tmp_path: Path, root: Path, illustrated: Outgoing, hostile: str
) -> None:
    outbox = make_outbox(hostile)
    receipt = outbox.commit(replace(illustrated, key=hostile), {})
    assert outbox.find_published(replace(illustrated, key=hostile), {}) == receipt
    assert names(tmp_path) == ["outbox"]
    (folder,) = root.iterdir()
    assert folder.is_dir()
    assert len(names(folder)) == 2
    assert all((folder / name).is_file() for name in names(folder))
    outbox.delete(receipt.remote_id)
    assert names(folder) == []


@given(first=st.text(), second=st.text())
def test_file_names_are_plain_and_never_shared(first: str, second: str) -> None:
    name = file_name_for(first)
    assert 0 < len(name) <= 200
    assert name.isascii()
    assert name.isprintable()
    assert not name.startswith(".")
    assert not set(name) & set('/\\ :*?"<>|')
    assert (name == file_name_for(second)) is (first == second)


def test_every_limit_is_told_at_once() -> None:
    large = replace(MEDIUM, size=outbox_text.LIMITS.max_image_bytes + 1, alt="a" * (outbox_text.LIMITS.max_alt + 1))
    codes = [problem.code for problem in outbox_text.problems("a" * 501, [large, *[MEDIUM] * 4])]
    assert codes == ["too-long", "too-many-media", "media-too-large", "alt-too-long"]
    fitting = replace(MEDIUM, size=outbox_text.LIMITS.max_image_bytes, alt="a" * outbox_text.LIMITS.max_alt)
    assert outbox_text.problems("a" * 500, [fitting] * 4) == ()


def test_written_times_are_utc_whatever_the_clock_says(make_outbox: Callable[..., OutboxChannel], post: Outgoing) -> None:
    at = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert make_outbox(at=at).commit(post, {}).remote_id.startswith("2025-12-31T2330Z-")
    assert make_outbox(at=datetime(2026, 1, 1, tzinfo=UTC)).find_published(post, {}) is not None
