"""The thirty posts of the demonstration, in every state; people, places and figures are invented."""

from datetime import time

from purdah_scheduler.demo.stories import Answer, Ending, OnDay, Soon, Story
from purdah_scheduler.domain.content import Marks

# Categories of what is to go out, has gone out or may have are those that no regime of the shipped calendar holds, so that
# the demonstration ends the same on every day of every year, also inside a real period.

GOES_OUT = (
    Story(
        key="flood-warning",
        title="Flood warning: River Sallow at Thornmere",
        text="FLOOD WARNING: River Sallow at Thornmere. Levels are rising after heavy rain and flooding is expected tonight. "
        "Move what you value upstairs, keep away from the river and never drive through flood water. #FloodWarning",
        category="emergency-safety",
        accounts=("floods", "rivers"),
        nation="England",
        author="asha",
        written=OnDay(days=-1, at=time(12, 40)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=8),
    ),
    Story(
        key="phone-lines",
        title="Longer opening hours of the permit line",
        text="Our bridge permit line is open until 8pm every weekday this month. Have your vehicle's gross weight to hand: "
        "most calls then take under five minutes.",
        category="operational-service",
        author="asha",
        written=OnDay(days=-3, at=time(9, 50)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=10),
    ),
    Story(
        key="weekly-statistics",
        title="Statistics: river levels, weekly",
        text="Official statistics published today: river levels in England, week to Sunday. 61 of 214 gauges were above their "
        "normal range, compared with 48 the week before. The next release is on its usual day.",
        category="official-statistics",
        nation="England",
        author="bede",
        written=OnDay(days=-2, at=time(10, 15)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=12),
    ),
    Story(
        key="lane-closure-welsh",
        title="Pont Aber Lydan: cau lôn dros nos",
        text="Pont Aber Lydan: bydd un lôn ar gau rhwng 21:00 a 05:00 ar gyfer gwaith cynnal a chadw. "
        "Dilynwch yr arwyddion dargyfeirio a chaniatewch fwy o amser ar gyfer eich taith.",
        category="operational-service",
        accounts=("aber-lydan",),
        nation="Wales",
        lang="cy",
        author="asha",
        written=OnDay(days=-2, at=time(11, 20)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=14),
    ),
    Story(
        key="weight-limits",
        title="How a bridge's weight limit is set",
        text="How is a bridge's weight limit set? Engineers inspect it every two years, calculate what each span can carry, and "
        "post the lower figure. The method has been the same since 2019.",
        category="factual-policy",
        author="bede",
        written=OnDay(days=-4, at=time(10, 5)),
        ending=Ending.SIGNED_OFF,
        due=Soon(seconds=16),
        reason="Explains existing practice, no new policy and no figures of the government's; drivers ask every week.",
    ),
    Story(
        key="safety-notice",
        title="Safety notice: Kestle Weir footbridge",
        text="We have published the inspection report on Kestle Weir footbridge. It stays closed while two anchor bolts are "
        "replaced. Use the road bridge 400 m downstream.",
        category="publication",
        nation="England",
        author="bede",
        written=OnDay(days=-2, at=time(9, 30)),
        ending=Ending.EXEMPTED,
        due=Soon(seconds=18),
        reason="Public safety: walkers must know why the bridge is closed and which way round to go.",
    ),
    Story(
        key="volunteer-thanks",
        title="Thanks to the flood wardens",
        text="Thank you to the 140 volunteer flood wardens who checked gauges through Saturday night. You kept the readings "
        "coming when two stations lost power.",
        category="staff-recognition",
        accounts=("rivers", "aber-lydan"),
        author="asha",
        written=OnDay(days=-1, at=time(10, 30)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=17),
    ),
    Story(
        key="navigation-order",
        title="Notice of a navigation order",
        text="Statutory notice: the River Marrow (Temporary Closure of Navigation) Order takes effect on Monday between "
        "Brindle Lock and the tidal limit. The full order can be read at our Brindle office.",
        category="statutory-notice",
        nation="England",
        author="asha",
        written=OnDay(days=-3, at=time(11, 0)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=15),
    ),
    Story(
        key="hydrologist",
        title="Vacancy: duty hydrologist",
        text="We are hiring a duty hydrologist in Brindle. You will forecast river levels on shift and brief the people who "
        "close roads. Full time or job share, with shift allowance.",
        category="recruitment",
        author="asha",
        written=OnDay(days=-5, at=time(12, 10)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=50),
    ),
    Story(
        key="sandbag-reply",
        title="Reply: where to get sandbags",
        text="Thanks for asking. Sandbags are handed out by your council, not by us. You can find its out-of-hours number by "
        "postcode on our flood pages. If water is already in your home, call 999.",
        category="service-reply",
        accounts=("floods",),
        nation="England",
        reply_to="5501877340112",
        author="bede",
        written=OnDay(days=-1, at=time(12, 55)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=100),
    ),
    Story(
        key="gauge-maintenance",
        title="Gauge readings paused overnight",
        text="Online readings from gauges on the River Marrow pause from 22:00 to 23:30 for maintenance. Flood warnings are not "
        "affected: they use a separate line.",
        category="operational-service",
        accounts=("floods",),
        nation="England",
        author="asha",
        written=OnDay(days=-1, at=time(11, 45)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=240),
    ),
    Story(
        key="permit-service",
        title="Online permits: planned maintenance",
        text="The online permit service is down for maintenance on Sunday from 06:00 to 09:00. Abnormal loads already booked "
        "for Sunday can travel as planned.",
        category="operational-service",
        author="asha",
        written=OnDay(days=-2, at=time(12, 30)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=1, at=time(8, 0)),
    ),
    Story(
        key="bridge-statistics",
        title="Statistics: bridge inspections, quarterly",
        text="Official statistics: 1,932 bridges were inspected in the last quarter and 41 had their limit lowered. "
        "Tables and methods are on our statistics pages.",
        category="official-statistics",
        author="bede",
        written=OnDay(days=-6, at=time(10, 40)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=2, at=time(9, 30)),
    ),
    Story(
        key="permsec-service",
        title="Permanent Secretary: where to find travel advice",
        text="If you drive an abnormal load, please check the permit pages before you set off: three crossings have new "
        "diversions from tomorrow.",
        category="operational-service",
        accounts=("permsec",),
        author="asha",
        written=OnDay(days=-2, at=time(9, 15)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=1, at=time(10, 0)),
    ),
)
"""Queued before the election was called; some go out at once, some later, and some need a sign-off now."""

BLOCKED = (
    Story(
        key="new-crossings",
        title="Announcement: twelve new crossings",
        text="Twelve new crossings will be built over the River Marrow and the River Sallow by the end of the decade, cutting "
        "journeys for 90,000 people a day.",
        category="announcement",
        author="bede",
        written=OnDay(days=-4, at=time(11, 30)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=1, at=time(9, 30)),
    ),
    Story(
        key="flood-funding",
        title="Funding: £12 million for flood defences",
        text="£12 million for flood defences in 31 communities. Applications open on Monday and every parish at risk can apply.",
        category="funding",
        accounts=("floods",),
        nation="England",
        author="bede",
        written=OnDay(days=-5, at=time(9, 45)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=1, at=time(11, 0)),
    ),
    Story(
        key="minister-visit",
        title="Visit: the minister at Brindle Bridge",
        text="The Minister for Rivers, Ottoline Fenwick MP, met the engineers who reopened Brindle Bridge two months early.",
        category="visit-photo",
        marks=Marks(names_politician=True),
        author="asha",
        written=OnDay(days=-1, at=time(9, 20)),
        ending=Ending.SCHEDULED,
        due=Soon(seconds=300),
    ),
    Story(
        key="permsec-strategy",
        title="Permanent Secretary: why the bridges strategy matters",
        text="Why our bridges strategy matters: it gives every region the same standard, and it puts repair before replacement.",
        category="policy-promotion",
        accounts=("permsec",),
        author="bede",
        written=OnDay(days=-3, at=time(12, 20)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=2, at=time(16, 0)),
    ),
    Story(
        key="toll-consultation",
        title="Consultation: tolls on estuary crossings",
        text="How should tolls on estuary crossings be set? Our consultation is open for twelve weeks: tell us what you think.",
        category="consultation",
        author="asha",
        written=OnDay(days=-6, at=time(11, 10)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=3, at=time(10, 0)),
    ),
)
"""Queued before the election was called, and held by the sweep when it was."""

WITH_PEOPLE = (
    Story(
        key="safety-campaign",
        title="Campaign: look before you launch",
        text="Going on the water this weekend? Look before you launch: check the level, the flow and your buoyancy aid.",
        category="campaign",
        author="asha",
        written=OnDay(days=-1, at=time(9, 0)),
        ending=Ending.DRAFT,
        due=OnDay(days=4, at=time(9, 0)),
    ),
    Story(
        key="office-closure",
        title="Brindle office closes for a day",
        text="Our Brindle office is closed on Friday for electrical work. The permit line and the flood line stay open.",
        category="operational-service",
        author="bede",
        written=OnDay(days=-1, at=time(12, 15)),
        ending=Ending.SUBMITTED,
        due=OnDay(days=3, at=time(8, 30)),
    ),
    Story(
        key="diversions",
        title="Diversions at Thornmere Viaduct",
        text="Thornmere Viaduct: vehicles over 7.5 tonnes are diverted by the A-road from Monday while the deck is resurfaced. "
        "Allow 15 minutes more.",
        edited="Thornmere Viaduct: lorries are diverted from Monday. Allow 10 minutes more.",
        editor="asha",
        category="operational-service",
        author="bede",
        written=OnDay(days=-2, at=time(10, 50)),
        ending=Ending.HALF_CLEARED,
        due=OnDay(days=2, at=time(7, 30)),
    ),
    Story(
        key="apprentices",
        title="Apprenticeships in bridge engineering",
        text="Apprenticeships in bridge engineering: 24 places in four regions, no degree needed. Applications close at the end "
        "of the month.",
        category="recruitment",
        author="asha",
        written=OnDay(days=-3, at=time(10, 25)),
        ending=Ending.CLEARED,
    ),
    Story(
        key="rebuttal",
        title="Rebuttal of a newspaper report",
        text="A newspaper says that inspections have been cut. They have not: here are the figures.",
        category="rebuttal",
        author="bede",
        written=OnDay(days=-1, at=time(11, 5)),
        ending=Ending.REJECTED,
        reason="The figures are not published yet, so the post would quote what nobody can check.",
    ),
    Story(
        key="bridge-fair",
        title="Event: Brindle Bridge open day",
        text="Brindle Bridge open day this Saturday: walk the gantry, meet the engineers. Free, no booking.",
        category="event",
        author="asha",
        written=OnDay(days=-4, at=time(12, 0)),
        ending=Ending.WITHDRAWN,
        due=OnDay(days=2, at=time(12, 0)),
        reason="The open day is put off because of the weather.",
    ),
)
"""What waits for a person, or was ended by one."""

EARLIER = (
    Story(
        key="last-statistics",
        title="Statistics: river levels, the week before",
        text="Official statistics published today: river levels in England, week to Sunday. 48 of 214 gauges were above their "
        "normal range.",
        category="official-statistics",
        nation="England",
        author="bede",
        written=OnDay(days=-8, at=time(10, 0)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=-7, at=time(9, 30)),
    ),
    Story(
        key="flood-alert",
        title="Flood alert: lower River Marrow",
        text="FLOOD ALERT: lower River Marrow. Footpaths and low-lying land may flood this afternoon. Be prepared. #FloodAlert",
        category="emergency-safety",
        accounts=("floods",),
        nation="England",
        author="asha",
        written=OnDay(days=-3, at=time(8, 40)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=-3, at=time(13, 15)),
    ),
    Story(
        key="permit-desk",
        title="Permit desk closes early",
        text="The permit desk closes at 18:30 this evening for a fire drill. Permits bought online are not affected.",
        category="operational-service",
        author="asha",
        written=OnDay(days=-1, at=time(8, 20)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=-1, at=time(18, 10)),
        looked_at=OnDay(days=-1, at=time(19, 2)),
    ),
    Story(
        key="deleted-question",
        title="Reply: moorings at Brindle Lock",
        text="Moorings at Brindle Lock are for 24 hours. The lock keeper can give you longer if your engine has failed.",
        category="service-reply",
        accounts=("floods",),
        nation="England",
        reply_to="5501870028841",
        author="bede",
        written=OnDay(days=-1, at=time(8, 30)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=-1, at=time(16, 30)),
        answer=Answer.REFUSED,
    ),
    Story(
        key="tide-gates",
        title="Tide gates: test on Thursday",
        text="The tide gates at the mouth of the River Sallow are tested on Thursday at low water. Expect a siren and a short "
        "rise upstream.",
        category="operational-service",
        author="asha",
        written=OnDay(days=-2, at=time(8, 50)),
        ending=Ending.SCHEDULED,
        due=OnDay(days=-1, at=time(17, 20)),
        answer=Answer.LOST,
    ),
)
"""What the daemon of the last days made of the queue: published, missed, failed and unknown."""

STORIES = (*GOES_OUT, *BLOCKED, *WITH_PEOPLE, *EARLIER)

LAST_SOON = 18
"""Seconds after the beginning by which the first wave is due: what the headless demonstration waits for."""
