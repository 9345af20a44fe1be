from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orderflow.service.report import MetricLine, series

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 2, 11, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("span", "unit", "points"),
    [(timedelta(hours=5), "hour", 6), (timedelta(days=30), "day", 31), (timedelta(days=700), "month", 24)],
)
def test_the_bucket_fits_the_span_and_gaps_are_filled(span, unit, points):
    found = series([START + span, START, START], ZONE)
    assert found is not None
    assert (found.unit, len(found.points)) == (unit, points)
    assert [count for _, count in found.points if count] == [2, 1]


def test_days_are_local_days():
    late = datetime(2026, 2, 10, 17, tzinfo=UTC)  # one in the morning of the 11th in Shanghai
    found = series([late, late + timedelta(days=10)], ZONE)
    assert found is not None
    assert found.points[0] == (datetime(2026, 2, 11), 1)


def test_no_moments_no_series():
    assert series([], ZONE) is None


def test_a_share_and_a_mean_each_show_what_they_are_made_of():
    share = MetricLine("m", "M", "rate", 0.5, 1, 2, {"late": 3}).to_dict()
    assert share == {
        "label": "M",
        "kind": "rate",
        "value": 0.5,
        "numerator": 1,
        "denominator": 2,
        "excluded": {"late": 3},
    }
    mean = MetricLine("m", "M", "mean", 2.0, mean=2.0, median=2.0, p90=3.0, count=4, unit="seconds").to_dict()
    assert {name: mean[name] for name in ("mean", "median", "p90", "count", "unit")} == {
        "mean": 2.0,
        "median": 2.0,
        "p90": 3.0,
        "count": 4,
        "unit": "seconds",
    }
