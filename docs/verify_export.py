"""Verify an export of purdah-scheduler without it: python3 verify_export.py EXPORT.jsonl [CHECKPOINT-LINES]

Nothing but Python 3 is needed. It says whether the chain in the file is unbroken, and whether it ends with the checkpoint in its
header. With a second file (a mail, a log, a list of lines) it compares with every checkpoint there that the chain reaches.
Exit code 0: all is well; 1: it is not; 2: there was nothing to compare with.
"""

import hashlib
import json
import pathlib
import re
import sys

CHECKPOINT = re.compile(r"purdah-checkpoint-v1 ([0-9]+) ([0-9a-f]{64})")


def link(entry):
    """The hash that an entry must have."""
    names = ("seq", "at", "action", "post", "delivery", "public", "commitment", "prev")
    fields = ["purdah-audit-v1", *("" if entry[name] is None else str(entry[name]) for name in names)]
    raw = [field.encode("utf-8") for field in fields]
    return hashlib.sha256(b"".join(len(one).to_bytes(4, "big") + one for one in raw)).hexdigest()


def verify(lines, kept):
    """What is wrong with the export, or None; how many entries it has, and how many checkpoints it matches."""
    header = json.loads(next(lines))
    prev, seen, matches = header["before"], 0, 0
    wanted = {int(seq): head for seq, head in CHECKPOINT.findall(kept)}
    for line in lines:
        entry = json.loads(line)
        if entry["kind"] == "post":
            if problem := words_of(entry):
                return problem, seen, matches
            continue
        if entry["prev"] != prev or link(entry) != entry["hash"]:
            return f"entry {entry['seq']} was altered, or does not follow the one before it", seen, matches
        if entry.get("salt"):
            personal = bytes.fromhex(entry["salt"]) + entry["private"].encode("ascii")
            is_ours = personal[:16].hex() == entry["salt"]  # no other letters, no spaces
            if not is_ours or hashlib.sha256(personal).hexdigest() != entry["commitment"]:
                return f"entry {entry['seq']} has an altered personal part", seen, matches
        prev, seen = entry["hash"], seen + 1
        if wanted.get(entry["seq"], entry["hash"]) != entry["hash"]:
            return f"entry {entry['seq']} is not the one of the checkpoint", seen, matches
        matches += entry["seq"] in wanted
    return (None if prev == header["checkpoint"]["head"] else "it does not end with its checkpoint"), seen, matches


def words_of(post):
    """What is wrong with the words of a post: each revision must have the digest that its clearances are bound to."""
    for revision in post["revisions"]:
        if hashlib.sha256(b"purdah-post-v1\n" + revision["content"].encode("ascii")).hexdigest() != revision["digest"]:
            return f"the words of post {post['post']}, revision {revision['number']}, are not those of its digest"
    return None


def main(path, kept_path=None):
    """Say what was found; returns the exit code."""
    kept = pathlib.Path(kept_path).read_text(encoding="utf-8", errors="replace") if kept_path else ""
    with pathlib.Path(path).open(encoding="ascii") as file:
        problem, seen, matches = verify(file, kept)
    if problem:
        print(f"Not whole: {problem}.")
        return 1
    print(f"Whole: {seen} entries follow each other and end with the checkpoint of the export; {matches} checkpoints match.")
    return 2 if kept_path and not matches else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
