"""The contract of what is looked for: who is due, who waits, who stands in a queue."""

from datetime import timedelta

import pytest

from orderflow.diagnostics.errors import ConflictError
from orderflow.model.record import Family, Standing
from orderflow.service.ports import Storage
from orderflow.testing.committing import commit
from orderflow.testing.samples import START, decide, entry, family, refuse
from orderflow.testing.snapshot import snapshot
from orderflow.testing.with_storage import WithStorage

HOUR = timedelta(hours=1)


class ListContract(WithStorage):
    """Who is found by a time, a key or a queue."""

    def test_due_families_come_earliest_first(self, storage: Storage) -> None:
        """By time, then by submit; never one whose time has changed, in this transaction or before."""
        for root_id, hours in (("late", 5), ("b", 1), ("a", 1), ("first", 0), ("never", None)):
            wake = None if hours is None else START + hours * HOUR
            commit(storage, decide(None, root_id, f"new {root_id}", wake=wake))
        with storage.transaction() as transaction:
            expected = [
                (START, "first"),
                (START + HOUR, "b"),
                (START + HOUR, "a"),
                (START + 5 * HOUR, "late"),
            ]
            assert list(transaction.due(START + 5 * HOUR, 10)) == expected
            assert list(transaction.due(START + HOUR, 10)) == expected[:3]
            assert list(transaction.due(START + 5 * HOUR, 2)) == expected[:2]
            assert list(transaction.due(START - HOUR, 10)) == []
            for root_id, hours in (("first", 2), ("b", None), ("late", 1)):
                wake = None if hours is None else START + hours * HOUR
                later = decide(transaction.family(root_id), root_id, f"later {root_id}", wake=wake)
                transaction.save(later, 1, entry(later), START)
            expected = [(START + HOUR, "late"), (START + HOUR, "a"), (START + 2 * HOUR, "first")]
            assert list(transaction.due(START + 5 * HOUR, 10)) == expected
            assert list(transaction.due(START + 5 * HOUR, 1)) == expected[:1]
            assert [family.id for family in transaction.families()] == ["late", "b", "a", "first", "never"]
            assert list(transaction.due(START + 5 * HOUR, 10)) == expected
        assert snapshot(storage).due == expected

    def test_waiting_families_come_by_submit(self, storage: Storage) -> None:
        """Only those that wait for one of the keys, whole keys, the oldest first, each once."""
        for root_id, waiting in (
            ("b", ("stock:A",)),
            ("a", ("credit:C1", "stock:A", "stock:B")),
            ("c", ("stock:A2",)),
            ("d", ()),
        ):
            commit(storage, decide(None, root_id, f"new {root_id}", waiting=waiting))
        with storage.transaction() as transaction:
            assert list(transaction.waiting(["stock:A"])) == ["b", "a"]
            assert list(transaction.waiting(["stock:B", "stock:A", "credit:C1"])) == ["b", "a"]
            assert list(transaction.waiting(["credit:C1", "stock:A2"])) == ["a", "c"]
            assert list(transaction.waiting(["none"])) == list(transaction.waiting([])) == []
            done = decide(transaction.family("b"), "b", "done b", waiting=("stock:C",))
            transaction.save(done, 1, entry(done), START)
            less = decide(transaction.family("a"), "a", "less a", waiting=("stock:B",))
            transaction.save(less, 1, entry(less), START)
            assert list(transaction.waiting(["stock:A"])) == []
            assert list(transaction.waiting(["stock:C", "stock:B"])) == ["b", "a"]
        assert snapshot(storage).waiting == ["b", "a", "c"]

    def test_many_keys_are_asked_for_at_once(self, storage: Storage) -> None:
        """A receipt may name as many SKUs as a warehouse has."""
        commit(storage, decide(None, "1", "e1", waiting=("stock:1999",)))
        with storage.transaction() as transaction:
            assert list(transaction.waiting(f"stock:{number}" for number in range(2000))) == ["1"]

    def test_who_stands_in_a_queue_comes_longest_first(self, storage: Storage) -> None:
        """By the time it came in, then by record; a family's places are replaced with it."""

        def save(root_id: str, *places: tuple[str, str, int]) -> None:
            before = next((known for known in snapshot(storage).families if known.id == root_id), None)
            version = before.version if before else 0
            standing = tuple(
                [Standing(queue, record, START + hours * HOUR) for queue, record, hours in places]
            )
            commit(storage, decide(before, root_id, f"{root_id} {version}", standing=standing))

        def stand(queue: str | None = None) -> list[tuple[str, str]]:
            with storage.transaction() as transaction:
                return [(place.record, place.queue) for place in transaction.standing(queue)]

        save("b", ("late", "b/shipments/1", 2), ("held", "b", 1))
        save("a", ("late", "a", 2), ("late", "a/shipments/1", 0))
        assert stand("late") == [("a/shipments/1", "late"), ("a", "late"), ("b/shipments/1", "late")]
        assert stand() == [
            ("a/shipments/1", "late"),
            ("b", "held"),
            ("a", "late"),
            ("b/shipments/1", "late"),
        ]
        assert stand("none") == []
        save("a", ("late", "a", 3), ("held", "a", 1))
        assert stand("late") == [("b/shipments/1", "late"), ("a", "late")]
        assert stand("held") == [("a", "held"), ("b", "held")]
        save("az", ("late", "az", 1))
        assert stand()[:3] == [("a", "held"), ("az", "late"), ("b", "held")]
        save("az")
        save("b")
        assert stand() == [("a", "held"), ("a", "late")]
        commit(storage, refuse(family("a", 2), "a", "no"))
        assert stand() == [("a", "held"), ("a", "late")]

    def test_a_family_is_rescheduled_alone(self, storage: Storage) -> None:
        """Its time of waking and what it waits for change; version, fields, queues and journal stay."""
        place = Standing("late", "1", START)
        first = decide(None, "1", "e1", wake=START, waiting=("stock:A",), standing=(place,))
        commit(storage, first)
        later = Family(first.family.root, {}, 1, START + HOUR, ("stock:B",))
        with storage.transaction() as transaction:
            transaction.reschedule(later)
            assert list(transaction.due(START, 10)) == []
            assert list(transaction.due(START + HOUR, 10)) == [(START + HOUR, "1")]
        seen = snapshot(storage)
        (found,) = seen.families
        assert (found.version, found.wake, found.waiting) == (1, START + HOUR, ("stock:B",))
        assert (found.root, found.children) == (first.family.root, first.family.children)
        assert (seen.standing, seen.waiting, len(seen.journal)) == ([place], ["1"], 1)
        with storage.transaction() as transaction:
            assert list(transaction.waiting(["stock:A"])) == []
            transaction.reschedule(Family(found.root, {}, 1))
        assert (snapshot(storage).due, snapshot(storage).waiting) == ([], [])
        for stale in (Family(found.root, {}, 2, START), family("none", 1)):
            with pytest.raises(ConflictError, match=f"`{stale.id}`"), storage.transaction() as transaction:
                transaction.reschedule(stale)
        with pytest.raises(ZeroDivisionError), storage.transaction() as transaction:  # noqa: PT012
            transaction.reschedule(later)
            _ = 1 / 0
        assert (snapshot(storage).due, snapshot(storage).waiting) == ([], [])
