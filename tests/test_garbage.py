"""How often garbage is looked for: seldom at the start, as ever afterwards."""

import subprocess
import sys

_ASK = """
import gc
from purdah_scheduler import garbage
print(*gc.get_threshold())
garbage.look_seldom()
print(*gc.get_threshold())
held = [[] for _ in range(1000)]
garbage.look_as_ever()
print(*gc.get_threshold(), gc.get_freeze_count() >= 1000, gc.isenabled())
more = [[] for _ in range(1000)]
garbage.look_no_more()
print(gc.get_freeze_count() >= 2000)
"""


def test_it_is_looked_for_seldom_and_never_not_at_all_and_then_as_ever() -> None:
    """What was made at the start is not looked through again, and nothing is when the process ends."""
    ran = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, check=True, text=True, timeout=60)
    usual, seldom, later, last = ran.stdout.splitlines()
    assert int(seldom.split()[0]) > int(usual.split()[0])
    assert later == f"{usual} True True"
    assert last == "True"
