"""What a report says of two days that were worked out by hand."""

import json
from datetime import date
from decimal import Decimal

import pytest
from tests.service.teahouse import played

from orderflow.diagnostics.errors import RecordError
from orderflow.service.engine import Engine
from orderflow.service.report import RunReport
from orderflow.service.summary import summarise


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, RunReport]:
    return played(tmp_path_factory.mktemp("teahouse"))


@pytest.fixture(scope="module")
def report(days: tuple[Engine, RunReport]) -> RunReport:
    return days[1]


def test_every_event_was_played(report: RunReport) -> None:
    assert (report.events, report.rejected, report.refused) == (28, (), 2)


def test_the_report_speaks_of_what_is_allocated_first(report: RunReport) -> None:
    assert (report.subject, report.orders) == ("预订 Booking", 7)
    assert {state.name: state.count for state in report.states if state.count} == {
        "ready": 1, "waiting": 2, "shelved": 3, "dropped": 1,
    }  # fmt: skip
    # a state of the record's own is called as the record calls it
    assert {state.name: state.label for state in report.states}["done"] == "完成 Done"


def test_lives_say_where_records_stand_and_which_way_they_came(report: RunReport) -> None:
    lives = {life.entity: life for life in report.lives}
    assert list(lives) == ["booking", "crate", "buyer", "delivery", "slip"]
    assert {state.name: state.count for state in lives["crate"].states} == {
        "shelved": 3,
        "moving": 0,
        "there": 1,
    }
    steps = [(step.transition, step.before, step.after, step.count) for step in lives["booking"].steps]
    assert steps == [
        ("confirm", "open", "ready", 7),
        ("source", "ready", "sending", 2),
        ("source", "waiting", "sending", 1),
        ("wait", "ready", "waiting", 4),
        ("drop", "waiting", "dropped", 1),
    ]


def test_queues_say_since_when_where_and_who_has_them(report: RunReport) -> None:
    crates, waits = report.queues
    assert (crates.count, crates.owner, crates.of_label) == (3, "store", "箱 Crate")
    assert crates.examples == ("B1/crates/2", "B2/crates/1", "B4/crates/1")
    assert crates.since is not None
    # more than 24 hours after 09:10
    assert f"{crates.since:%m-%d %H:%M:%S.%f}" == "03-03 09:10:00.000001"
    assert crates.oldest_seconds == pytest.approx(24 * 3600 + 50 * 60, abs=0.001)
    assert [(place.label, place.count) for place in crates.places] == [("北库 North", 2), ("南库 South", 1)]
    assert (crates.handed_over, crates.opened) == (1, 1)
    [ticket] = crates.tickets
    assert (ticket.ticket, ticket.record, ticket.owner, ticket.opened_by, ticket.open) == (
        "S001", "B1/crates/2", "store:chen", "desk:mei", True,
    )  # fmt: skip
    assert ticket.details == (("备注 Note", "找不到箱子"),)
    assert (waits.count, waits.examples, waits.handed_over, waits.places) == (2, ("B5", "B7"), 0, ())


def test_allocation_counts_each_booking_once_however_often_it_was_looked_at(report: RunReport) -> None:
    found = report.allocation
    assert found is not None
    # B3 is held and was only looked at on arrival
    assert (found.asked, found.planned, found.parcels, found.units) == (6, 3, 4, 11)
    assert found.split == ((1, 2), (2, 1))
    served = {row.warehouse: row for row in found.warehouses}
    assert (served["north"].parcels, served["north"].units, served["north"].mean_km) == (3, 9, 0.0)
    assert served["south"].mean_km == pytest.approx(111.2, abs=0.05)
    # B1 took south and north, B2 north; B4 to B7 found none
    verdicts = {name: (row.chosen, row.farther, row.short, row.out_of_reach) for name, row in served.items()}
    assert verdicts == {"north": (2, 0, 4, 0), "south": (1, 0, 5, 0), "corner": (0, 1, 5, 0)}


def test_short_is_who_lacked_a_unit_when_it_came_to_be_allocated(report: RunReport) -> None:
    found = report.allocation
    assert found is not None
    assert (found.short, found.of, found.preorders) == (3, 7, 1)
    assert found.short_share == pytest.approx(3 / 7)
    lines = [(sku.sku, sku.records, sku.units, sku.waiting, sku.waiting_units) for sku in found.skus]
    assert lines == [("JASMINE", 2, 3, 1, 2), ("PUER", 1, 3, 0, 0), ("SENCHA", 1, 1, 1, 1)]
    assert [sku.sku for sku in found.lacking] == ["JASMINE", "SENCHA"]
    assert report.oversold == 0


def test_backorders_say_who_waits_who_was_served_and_who_gave_up(report: RunReport) -> None:
    assert report.allocation is not None
    waits = report.allocation.backorders
    assert (waits.waiting, waits.examples, waits.units) == (2, ("B5", "B7"), 3)
    assert waits.oldest_seconds == 47 * 3600 + 54 * 60
    assert (waits.served, waits.mean_seconds, waits.longest_seconds) == (1, 10740.0, 10740.0)
    assert waits.given_up == 1


def test_late_parcels_are_with_whom_they_were_given_to(report: RunReport) -> None:
    late = report.late
    assert late is not None
    assert (late.promised, late.open, late.late) == (4, 3, 1)
    [(share, having)] = late.by_state
    assert (share.name, share.count) == ("shelved", 3)
    assert having == (("store", 2), ("store:chen", 1))
    assert [(place.name, place.count) for place in late.by_warehouse] == [("north", 2), ("south", 1)]
    assert late.examples == (("B1/crates/2", 1), ("B2/crates/1", 1), ("B4/crates/1", 1))


def test_holds_say_why_and_how_long(report: RunReport) -> None:
    by_hand, credit = report.holds
    assert (by_hand.placed, by_hand.on, by_hand.examples) == (2, 1, ("B2",))
    assert by_hand.reasons == (("催款", 1), ("地址不清", 1))
    assert by_hand.by == (("desk", 2),)
    assert (by_hand.mean_seconds, by_hand.longest_seconds) == (65 * 60 / 2, 65 * 60)
    assert (credit.placed, credit.on, credit.by) == (1, 1, (("the rules", 1),))
    assert credit.longest_seconds == 2 * 86400 + 19 * 60


def test_limits_say_what_is_in_use_and_for_whom_it_was_too_little(report: RunReport) -> None:
    [credit] = report.amounts
    assert (credit.takes, credit.in_use, credit.owners, credit.held) == (1, Decimal("100.00"), 1, 1)
    [owner] = credit.top
    assert (owner.owner, owner.in_use, owner.limit) == ("Lu", Decimal("100.00"), Decimal("150.00"))


def test_stock_has_every_quantity_and_what_can_be_sold(report: RunReport) -> None:
    north = report.stock[0]
    assert (north.on_hand, north.allocated, north.unsellable, north.available) == (15, 6, 2, 7)
    # 7 + 2 + 1 available, 3 waited for
    assert (report.backordered, report.sellable) == (3, 7)
    moves = {(row.entity, row.kind): (row.moves, row.units) for row in report.moves}
    assert moves == {
        ("", "receive"): (4, 12),
        ("delivery", "quarantine"): (1, 2),
        ("delivery", "receive"): (1, 9),
    }


def test_checks_on_arrival_tags_and_refusals(report: RunReport) -> None:
    whole, small = report.arrival
    assert (whole.asked, whole.failed, whole.examples) == (7, 4, ("B4", "B5", "B6", "B7"))
    assert (small.asked, small.failed) == (7, 0)
    [regular] = report.tags
    assert (regular.set, regular.cleared, regular.on, regular.examples) == (2, 0, 2, ("Lu", "Wu"))
    guard, moment = report.refused_events
    assert (guard.code, guard.entity, guard.event, guard.count) == ("guard", "crate", "leave", 1)
    assert guard.examples[0][0] == "B2/crates/1"
    assert moment.code == "no_transition"


def test_days_are_local_days(report: RunReport) -> None:
    assert [
        (day.day, day.submitted, day.short, day.held, day.queued, day.refused) for day in report.days
    ] == [
        (date(2026, 3, 2), 7, 3, 2, 4, 2),
        (date(2026, 3, 3), 0, 0, 0, 3, 0),
        (date(2026, 3, 4), 0, 0, 1, 0, 0),
    ]


def test_the_first_sentences_name_queue_record_place_and_who_has_it(report: RunReport) -> None:
    texts = [trouble.text for trouble in report.troubles]
    assert texts[2] == (
        "超一天未出门 Not left for a day: 3, with store. The oldest, B1/crates/2, has stood there for 1 day. "
        "Most are at 北库 North (2), 南库 South (1). 1 ticket open, with store:chen (未看 Lying)."
    )
    assert any(text.startswith("3 of 7 (42.9%) lacked a unit") for text in texts)
    assert any("with store 2, store:chen 1" in text for text in texts)


def test_it_is_plain_data(report: RunReport) -> None:
    found = json.loads(json.dumps(report.to_dict()))
    assert found["queue_details"]["not_left"]["tickets"][0]["owner"] == "store:chen"
    assert found["entities"]["booking"]["transitions"][0] == {
        "name": "confirm", "from": "open", "to": "ready", "count": 7,
    }  # fmt: skip
    assert found["allocation"]["backorders"]["waiting"] == 2
    assert found["amounts"][0]["in_use"] == "100.00"
    for secret in ("13800001234", "13900002222"):
        assert secret not in json.dumps(report.to_dict())


def test_without_playing_the_same_is_said(days: tuple[Engine, RunReport]) -> None:
    engine, report = days
    again = summarise(engine)
    assert again.to_dict().keys() == report.to_dict().keys()
    for part in ("queues", "allocation", "late", "holds", "lives", "story", "troubles"):
        assert getattr(again, part) == getattr(report, part), part


def test_a_story_that_is_not_there_is_told(days: tuple[Engine, RunReport]) -> None:
    with pytest.raises(RecordError, match="no record `B9`"):
        summarise(days[0], story="B9")
