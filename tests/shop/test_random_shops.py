"""Random shops on the reference rules: what must hold, holds after every event; faults planted on purpose are found."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.shop.driver import Shop
from tests.shop.invariants import asleep, broken

from orderflow.bootstrap import load
from orderflow.engine import holdings, macrostep, outlook
from orderflow.engine.draft import Draft
from orderflow.engine.link import RuleSet
from orderflow.model.record import Record
from orderflow.service.memory import MemoryStorage
from orderflow.service.unit import UnitOfWork

#: So many shops of so many steps each: 10,000 in all.
SEEDS, STEPS = 20, 500
#: How often everybody is asked whether he sleeps.
ROUND = 10


@pytest.fixture(scope="module")
def rules(root: Path) -> RuleSet:
    return load(root / "rules" / "wenzhou")


def first_fault(rules: RuleSet, seed: int, steps: int = STEPS) -> str | None:
    """What is first found not to be as it must be, with what was done last; None when all is well."""
    shop = Shop(rules, MemoryStorage(), seed)
    for step in range(steps):
        try:
            shop.step()
        except Exception as error:
            return f"seed {seed}, step {step}: {error!r} after {shop.done[-3:]}"
        found = list(broken(shop.engine))
        if step % ROUND == ROUND - 1:
            found += asleep(shop.engine)
        if found:
            return f"seed {seed}, step {step}: {found[:3]} after {shop.done[-3:]}"
    return None


def faults(rules: RuleSet, seeds: Iterable[int]) -> list[str]:
    return [found for seed in seeds if (found := first_fault(rules, seed)) is not None]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_oversold_lost_or_left_asleep(rules: RuleSet, seed: int) -> None:
    assert first_fault(rules, seed) is None


def test_the_shops_do_nearly_everything_that_the_rules_know(rules: RuleSet) -> None:
    taken: set[tuple[str, str]] = set()
    marks: set[tuple[str, str, bool]] = set()
    for seed in range(SEEDS):
        shop = Shop(rules, MemoryStorage(), seed)
        for _ in range(STEPS):
            shop.step()
        with shop.engine.storage.transaction(read_only=True) as transaction:
            kinds = {
                record.id: record.entity for family in transaction.families() for record in family.records()
            }
            for entry in transaction.journal():
                taken |= {(kinds[step.record], step.transition) for step in entry.steps if step.transition}
                marks |= {(mark.what, mark.name, mark.on) for mark in entry.marks}
    every = {
        (name, item) for name, entity in rules.definition.entities.items() for item in entity.transitions
    }
    assert len(taken) >= 0.8 * len(every), sorted(every - taken)
    assert {name for what, name, on in marks if what == "hold" and not on} == set(
        rules.definition.entities["order"].holds
    )
    assert {("exhaust_enthusiast", True), ("exhaust_enthusiast", False)} <= {
        (name, on) for what, name, on in marks if what == "tag"
    }
    assert len({name for what, name, on in marks if what == "queue" and on}) >= 12


# ---- planted faults ------------------------------------------------------------------------------------------------


def test_a_forgotten_release_is_found(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        holdings, "give_back", lambda draft, record, linked: record.held.pop(linked.resource.name, None)
    )
    assert any("allocated is" in found for found in faults(rules, range(3)))


def test_a_release_that_is_kept_on_the_record_is_found(
    rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "give_back", lambda *_: None)
    assert any("holds" in found for found in faults(rules, range(3)))


def test_waiters_that_nobody_serves_are_found(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UnitOfWork, "_serve", lambda *_: ())
    assert any("sleeps past ['source'" in found for found in faults(rules, range(3)))


def test_a_moment_that_is_not_kept_is_found(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "_turning", lambda *_, **__: [])
    assert any("sleeps past" in found for found in faults(rules, range(3)))


def test_a_parent_that_does_not_follow_its_parcels_is_found(
    rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = macrostep._moves

    def careless(draft: Draft, record: Record) -> bool:
        if record is draft.root and draft.event.target != draft.root.id:
            return False
        return whole(draft, record)

    monkeypatch.setattr(macrostep, "_moves", careless)
    assert any("is being fulfilled, and" in found for found in faults(rules, range(3)))


def test_a_parcel_that_is_shown_too_far_is_found(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderflow.engine.link.min", max, raising=False)
    assert any(" shows " in found for found in faults(rules, range(6)))
