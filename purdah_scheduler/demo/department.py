"""The invented department: its configuration, and the general election that has just been called on it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.imagining import earliest_poll
from purdah_scheduler.domain.civiltime import day_bounds, local_date
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period, PeriodStatus, StartsPrecision

FIRST_LINE = "# purdah-scheduler demo: everything here is invented, and the whole folder may be deleted."
"""How a folder of ours is known again."""

OFFICER = "carys"
"""Who sits at the interface: wrote none of the thirty posts and has every role but operator."""

PROPRIETY = "farid"
"""Who declares the period, signs off and grants the exemption."""

CONFIG = f"""\
{FIRST_LINE}
# The outbox writes each post into a dated file beside this one: nothing leaves the machine.

[department]
name = "Department for Rivers and Bridges (invented)"

[store]
path = "purdah.db"

[daemon]
heartbeat_seconds = 2.0

[clearance]
sign_off_role = "propriety"
exemption_role = "propriety"

[[clearance.stage]]
id = "policy"
label = "Policy lead"
role = "approver"

[[clearance.stage]]
id = "press"
label = "Press office"
role = "approver"

# Nobody here has os_users, so that one login can play everybody with --as. The record calls such decisions "claimed".

[[person]]
id = "asha"
name = "Asha Rowntree, digital officer"
roles = ["author"]

[[person]]
id = "bede"
name = "Bede Calloway, press officer"
roles = ["author"]

[[person]]
id = "carys"
name = "Carys Penhallow, head of news"
roles = ["author", "approver", "propriety", "publisher"]

[[person]]
id = "dougal"
name = "Dougal Strand, duty manager"
roles = ["publisher", "operator"]

[[person]]
id = "eilidh"
name = "Eilidh Marchbank, policy lead"
roles = ["approver"]

[[person]]
id = "farid"
name = "Farid Hollis, propriety adviser"
roles = ["approver", "propriety"]

[[person]]
id = "gwen"
name = "Gwen Tarrant, private office"
roles = ["viewer"]

[[account]]
id = "rivers"
channel = "outbox"
handle = "@RiversAndBridges"
kind = "department"
body = "uk-civil-service"

[[account]]
id = "permsec"
channel = "outbox"
handle = "@PermSecRivers"
kind = "leader"
body = "uk-civil-service"

[[account]]
id = "floods"
channel = "outbox"
handle = "@FloodWatchAgency"
kind = "alb"
body = "alb"
nation = "England"

# A partnership of councils: the period of the demonstration is not about it.
[[account]]
id = "aber-lydan"
channel = "outbox"
handle = "@PontAberLydan"
kind = "partner"
body = "local-authority"
nation = "Wales"
"""


def called_election(now: datetime, zone: ZoneInfo) -> Period:
    """An invented general election that holds from the start of the local day of `now` until a person lifts it.

    Polling day is the earliest that a real timetable leaves.
    """
    today = local_date(now, zone)
    starts, _ = day_bounds(today, zone)
    polling_day = earliest_poll(today)
    _, ends = day_bounds(polling_day, zone)
    return Period(
        id="demo-general-election",
        name="Invented general election",
        kind=Kind.GENERAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.ALB}),
        nations=frozenset({Nation.UK}),
        starts=starts,
        starts_precision=StartsPrecision.DATE,
        ends=ends,
        ends_note="when a person records that a new government is formed",
        end_mode=EndMode.MANUAL_LIFT,
        basis=Basis.ANNOUNCED,
        basis_note="called today, in the demonstration alone",
        announced_at=starts,
        status=PeriodStatus.CONFIRMED,
        polling_day=polling_day,
        source="invented for the demonstration",
        confidence="invented",
        notes="There is no such election. It shows what happens to a queue when one is called.",
    )
