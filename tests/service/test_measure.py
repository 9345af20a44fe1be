"""Findings and metrics at their edges: nothing to measure, missing values, many children."""

import random
import statistics
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from orderflow.engine.link import RuleSet
from orderflow.model.record import Family, Record
from orderflow.service.measure import Measures, measure, percentile, shown_states

T0 = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)

SHOP = """
entity: order
key: number
children: {parcels: {entity: parcel, one_per: order}}
fields:
  number: {type: text, changes: never}
  kind: {type: text, optional: true}
  way: {type: choice, options: {sea: 海运 Sea, air: 空运 Air}, optional: true}
  gift: {type: bool, optional: true}
  value: {type: decimal, optional: true}
  other: {type: decimal, optional: true}
  begun: {type: datetime, optional: true}
  ended: {type: datetime, optional: true}
states:
  new: {initial: true}
  going: {shows: least(parcels)}
  done: {final: true}
transitions:
  go: {from: new, to: going, when: value is not None, creates: parcels}
  stop: {from: going, to: done, when: 'all_live(parcels, is_in("there"))'}
"""
PARCEL = """
entity: parcel
parent: order
fields: {weight: {type: integer, optional: true}}
states:
  packing: {initial: true, states: {picked: {initial: true}, packed: {}}}
  there: {final: true}
  lost: {final: true}
path: [picked, packed, there]
events: {pack: {by: [desk]}, arrive: {by: [desk]}, lose: {by: [desk]}}
transitions:
  pack: {from: picked, to: packed, event: pack}
  arrive: {from: packed, to: there, event: arrive}
  lose: {from: packing, to: lost, event: lose}
"""
BOARD = """
findings:
  heavy_gift: {of: parcel, label: Heavy, when: 'weight is not None and weight > 10 and (order.kind is None or order.kind != "gift")'}
  negative: {of: order, label: Negative, when: value is not None and value < 0}
  weightless: {of: parcel, label: Weightless, when: weight is None}
metrics:
  share: {of: order, label: Share, pass: value > 1}
  due_share: {of: order, label: Due, where: kind == "a", due: value >= 0, pass: value > 1}
  mean: {of: order, label: Mean, mean: value - other, also: [median, p90, p75]}
  time: {of: order, label: Time, mean: ended - begun, also: [median, p90]}
  sorted_out:
    of: order
    label: Sorted out
    mean: value
    leave_out: {negative: value < 0, small: value < 10, odd: other == 1}
  weight: {of: parcel, label: Weight, mean: weight}
  gifts: {of: order, label: Gifts, pass: gift}
  known: {of: order, label: Known, due: gift, pass: value > 1}
  by_day: {of: order, label: By day, by: day(begun), where: kind != "x", due: value >= 0, pass: value > 1, leave_out: {odd: other == 1}}
  by_gift: {of: order, label: By gift, by: gift, mean: value, also: [p75]}
  by_number: {of: parcel, label: By number, by: length(order.number), mean: weight}
  by_way: {of: order, label: By way, by: way, pass: value > 1}
"""


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(order=SHOP, parcel=PARCEL, board=BOARD)


def family(
    number: str, *parcels: str, state: str = "new", weight: int | None = None, **fields: object
) -> Family:
    names = ("kind", "way", "gift", "value", "other", "begun", "ended")
    root = Record("order", number, state, {"number": number, **dict.fromkeys(names), **fields})
    children = tuple(
        Record("parcel", f"{number}/parcels/{place}", name, {"weight": weight}, {name: T0}, {name: T0})
        for place, name in enumerate(parcels, 1)
    )
    return Family(root, {"parcels": children} if children else {})


def look(rules: RuleSet, families: Iterable[Family]) -> Measures:
    return measure(rules, families, T0)


def test_without_records_everything_is_there_and_empty(rules: RuleSet) -> None:
    found = look(rules, [])
    assert (found.orders, found.states) == (
        0,
        dict.fromkeys(("new", "picked", "packed", "there", "lost", "done"), 0),
    )
    assert found.findings == {"heavy_gift": 0, "negative": 0, "weightless": 0}
    share, mean = found.metrics["share"], found.metrics["mean"]
    assert (share.value, share.numerator, share.denominator, share.excluded) == (None, 0, 0, {})
    assert (mean.value, mean.mean, mean.median, mean.p90, mean.count) == (None, None, None, None, 0)
    assert found.metrics["sorted_out"].excluded == {"negative": 0, "small": 0, "odd": 0}


def test_a_missing_value_leaves_a_record_out_by_its_name(rules: RuleSet) -> None:
    found = look(
        rules,
        [
            family("1", value=5, other=3),
            family("2", value=5),
            family("3", other=3),
            family("4"),
        ],
    )
    assert found.metrics["share"].excluded == {"value_missing": 2}
    assert (found.metrics["share"].numerator, found.metrics["share"].denominator) == (2, 2)
    # of several missing ones the first that is looked at
    assert found.metrics["mean"].excluded == {"other_missing": 1, "value_missing": 2}
    assert (found.metrics["mean"].value, found.metrics["mean"].count) == (2, 1)


def test_a_metric_that_is_nothing_but_a_field_leaves_out_who_has_none(rules: RuleSet) -> None:
    rows = [family("1", gift=True, value=5), family("2", gift=False, value=5), family("3", value=5)]
    metrics = look(rules, rows).metrics
    assert (metrics["gifts"].numerator, metrics["gifts"].denominator) == (1, 2)
    assert metrics["gifts"].excluded == metrics["known"].excluded == {"gift_missing": 1}
    assert (metrics["known"].numerator, metrics["known"].denominator) == (1, 1)


def test_where_and_due_limit_who_is_spoken_of(rules: RuleSet) -> None:
    rows = [
        family("1", kind="a", value=5),
        family("2", kind="a", value=0),
        family("3", kind="a", value=-1),
        family("4", kind="b", value=5),
        family("5", kind="a"),
        family("6", value=5),
    ]
    metric = look(rules, rows).metrics["due_share"]
    assert (metric.value, metric.numerator, metric.denominator) == (0.5, 1, 2)
    assert metric.excluded == {"value_missing": 1, "kind_missing": 1}


def test_the_first_reason_to_leave_out_counts(rules: RuleSet) -> None:
    rows = [
        family("1", value=-5, other=1),
        family("2", value=5, other=1),
        family("3", value=50, other=1),
        family("4", value=50),
        family("5", other=1),
        family("6"),
    ]
    metric = look(rules, rows).metrics["sorted_out"]
    # 5 is left out for a reason that can be judged, though its value is missing
    assert metric.excluded == {"negative": 1, "small": 1, "odd": 2, "value_missing": 1}
    assert list(metric.excluded)[:3] == ["negative", "small", "odd"]
    assert (metric.value, metric.count) == (50, 1)


def test_times_are_seconds_and_numbers_have_no_unit(rules: RuleSet) -> None:
    rows = [family(str(hours), begun=T0, ended=T0 + timedelta(hours=hours)) for hours in (-1, 2, 50)]
    time = look(rules, rows).metrics["time"]
    assert (time.value, time.median, time.unit) == (51 * 1200.0, 7200.0, "seconds")
    assert look(rules, rows).metrics["mean"].unit == ""
    assert (time.numerator, time.denominator) == (51 * 3600.0, 3)


def test_children_are_judged_by_themselves(rules: RuleSet) -> None:
    rows = [
        family("1", "picked", "packed", "picked", state="going", kind="b", weight=11),
        family("2", "picked", state="going", kind="gift"),
        family("3"),
    ]
    found = look(rules, rows)
    assert found.findings == {"heavy_gift": 3, "negative": 0, "weightless": 1}
    assert (found.metrics["weight"].count, found.metrics["weight"].excluded) == (3, {"weight_missing": 1})
    assert found.orders == 3


def test_an_order_counts_where_people_see_it(rules: RuleSet) -> None:
    rows = [
        family("1", "packed", "picked", "there", state="going"),
        family("2", "lost", "there", state="going"),
        family("3", "lost", state="going"),
        family("4", state="done"),
        family("5"),
    ]
    found = look(rules, rows)
    assert sum(found.states.values()) == 5
    assert found.states == {"new": 1, "picked": 1, "packed": 0, "there": 1, "lost": 0, "done": 1, "going": 1}
    assert list(shown_states(rules)) == ["new", "picked", "packed", "there", "lost", "done"]


def test_groups_are_figures_of_their_own_and_together_the_whole(rules: RuleSet) -> None:
    later = T0 + timedelta(hours=16)  # the next day where the shop is
    rows = [
        family("1", kind="a", value=5, begun=later),
        family("2", kind="a", value=0, begun=T0),
        family("3", kind="a", value=5, begun=T0),
        family("4", kind="a", begun=T0),
        family("5", kind="a", value=5, other=1, begun=later),
        family("6", kind="a", value=5),
        family("7", kind="a", other=1),
        family("8", kind="x", value=5, begun=T0 + timedelta(days=9)),
        family("9", kind="a", value=-1, begun=T0 + timedelta(days=9)),
    ]
    metric = look(rules, rows).metrics["by_day"]
    groups = metric.groups
    assert groups is not None
    # who is not spoken of (8) or not due (9) makes no group
    assert list(groups) == ["2026-02-03", "2026-02-04", None]
    first, second, unknown = groups.values()
    assert (first.numerator, first.denominator, first.excluded) == (1, 2, {"odd": 0, "value_missing": 1})
    assert (second.numerator, second.denominator, second.excluded) == (1, 1, {"odd": 1})
    assert (unknown.label, unknown.numerator, unknown.excluded) == ("no_group", 1, {"odd": 1})
    assert (metric.numerator, metric.denominator) == (3, 4)
    assert metric.excluded == {"odd": 2, "value_missing": 1}
    assert metric.by == "day(begun)"


def test_groups_by_a_choice_stand_in_the_order_of_its_options_with_its_labels(rules: RuleSet) -> None:
    rows = [family("1", way="air", value=5), family("2", way="sea", value=5), family("3", value=5)]
    groups = look(rules, rows).metrics["by_way"].groups or {}
    assert [(key, line.label) for key, line in groups.items()] == [
        ("sea", "海运 Sea"),
        ("air", "空运 Air"),
        (None, "no_group"),
    ]


def test_groups_of_distributions_by_bools_and_numbers(rules: RuleSet) -> None:
    rows = [
        family("1", "picked", gift=True, value=1, weight=5),
        family("22", "picked", gift=False, value=2, weight=7),
        family("33", "picked", gift=False, value=4, weight=9),
    ]
    metrics = look(rules, rows).metrics
    groups = metrics["by_gift"].groups or {}
    assert [(key, line.mean, line.median, line.p90, line.more) for key, line in groups.items()] == [
        (False, 3, 3, pytest.approx(3.8), {"p75": 3.5}),
        (True, 1, 1, 1, {"p75": 1}),
    ]
    numbers = metrics["by_number"].groups or {}
    assert [(key, line.mean) for key, line in numbers.items()] == [(1, 5), (2, 8)]
    assert metrics["by_gift"].to_dict()["groups"] == [
        {"group": False, **groups[False].to_dict()},
        {"group": True, **groups[True].to_dict()},
    ]
    assert metrics["share"].groups is None
    assert "groups" not in metrics["share"].to_dict()


@pytest.mark.parametrize(
    ("values", "share", "wanted"),
    [
        ([], 0.5, None),
        ([7.0], 0.0, 7.0),
        ([7.0], 0.9, 7.0),
        ([1.0, 2.0], 0.5, 1.5),
        ([1.0, 2.0], 1.0, 2.0),
        ([1.0, 2.0, 3.0, 4.0], 0.9, 3.7),
        ([-3.0, 0.0, 0.0, 10.0], 0.5, 0.0),
        (list(map(float, range(11))), 0.9, 9.0),
    ],
)
def test_percentiles_worked_out_by_hand(values: list[float], share: float, wanted: float | None) -> None:
    assert percentile(values, share) == (wanted if wanted is None else pytest.approx(wanted))


@pytest.mark.parametrize("size", [2, 3, 4, 5, 10, 11, 100, 997])
def test_percentiles_are_those_of_the_standard_library(size: int) -> None:
    values = sorted(random.Random(size).uniform(-1e6, 1e6) for _ in range(size))
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    for place, wanted in enumerate(tenths, 1):
        assert percentile(values, place / 10) == pytest.approx(wanted, abs=1e-6)
    assert percentile(values, 0.5) == pytest.approx(statistics.median(values))
    assert (percentile(values, 0.0), percentile(values, 1.0)) == (values[0], values[-1])
