"""Where a file lies: on a disk of this machine or on another's."""

import os
import re
from pathlib import Path

_NETWORK = re.compile(
    r"nfs4?|cifs|smb3|smbfs|ncpfs|afs|coda|9p|virtiofs|vboxsf|prl_fs|davfs|beegfs|gpfs|lustre|ceph|glusterfs|orangefs|pvfs2|gfs2|"
    r"ocfs2|fuse\.(?:sshfs|glusterfs|ceph|davfs2|rclone|s3fs|gcsfuse|goofys|curlftpfs|smbnetfs|vmhgfs-fuse|blobfuse2?|juicefs|"
    r"moosefs|mfs)"
)
"""Filesystems that several machines can have open at once, or that another machine keeps: locks and shared memory, which SQLite
lives by, cannot be relied on there."""
_MOUNTS = Path("/proc/self/mountinfo")


def network_filesystem(path: Path, mounts: str | None = None) -> str:
    """The type of the network filesystem that holds `path`, or an empty text.

    `mounts` is the text of /proc/self/mountinfo (read where None); on systems without it nothing is known and nothing is said.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
    place = os.path.realpath(path)
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, types = before.split(), after.split()
        if len(fields) < 5 or not types:
            continue
        point = _unescaped(fields[4])
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:  # the later of two on one place hides the earlier
            best, kind = len(point), types[0]
    return kind if _NETWORK.fullmatch(kind) else ""


def _unescaped(text: str) -> str:
    r"""Mount points are written with `\040` for a space."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
