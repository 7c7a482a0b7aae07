"""Where a period stands at a moment, in one word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.domain.periods import EndMode, Period, PeriodStatus
from purdah_scheduler.domain.standing import Standing, standing
from tests.application.desk import MONDAY, election

DAY = timedelta(days=1)
FIXED = election(end_mode=EndMode.FIXED, ends=MONDAY + 10 * DAY, announced_at=MONDAY - 5 * DAY)


@pytest.mark.parametrize(
    ("period", "days", "where"),
    [
        (FIXED, -9, Standing.COMING),
        (FIXED, -3, Standing.ANNOUNCED),
        (FIXED, 3, Standing.IN_FORCE),
        (FIXED, 11, Standing.OVER),
        (election(), 31, Standing.AWAITING_END),
        (replace(election(), status=PeriodStatus.LIFTED, lifted_at=MONDAY + DAY), 31, Standing.OVER),
        (replace(FIXED, status=PeriodStatus.CANCELLED), 3, Standing.CANCELLED),
        (replace(FIXED, suppressed="Not ours."), 3, Standing.SUPPRESSED),
    ],
)
def test_where_a_period_stands(period: Period, days: int, where: Standing) -> None:
    assert standing(period, MONDAY + days * DAY) is where
    assert where.is_over == (where in (Standing.OVER, Standing.SUPPRESSED, Standing.CANCELLED))
