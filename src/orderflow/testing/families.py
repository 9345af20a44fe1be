"""The contract of families and the journal."""

import pytest

from orderflow.diagnostics.errors import ConflictError
from orderflow.model.stock import Position
from orderflow.service.ports import Outgoing, Storage
from orderflow.testing.committing import commit, positions
from orderflow.testing.samples import START, decide, entry, in_full, refuse
from orderflow.testing.snapshot import look, snapshot
from orderflow.testing.with_storage import WithStorage


class FamilyContract(WithStorage):
    """How families and journal entries are kept."""

    def test_is_empty_at_first(self, storage: Storage) -> None:
        """Nothing is there, and asking for something is no error."""
        with storage.transaction() as transaction:
            assert transaction.family("1") is None
            assert transaction.entry("e1") is None
            assert transaction.stock(["A"]) == {}
            assert transaction.balances([("credit", "C1")]) == {}
            assert not any(look(transaction))

    def test_gives_back_what_was_saved(self, storage: Storage) -> None:
        """Families, entries and effects come back equal, values of every type included."""
        decision = in_full(decide(None, "1", "e1", effects=2, wake=START, waiting=("credit:C1", "stock:A")))
        commit(storage, decision)
        with storage.transaction() as transaction:
            found = transaction.family("1")
            assert found == decision.family
            assert repr(found) == repr(decision.family)
            kept = transaction.entry("e1")
            assert kept == entry(decision)._replace(number=1)
            assert repr(kept) == repr(entry(decision)._replace(number=1))
            assert list(transaction.outbox()) == [
                Outgoing(effect, "pending", 0, START, "") for effect in decision.effects
            ]

    def test_another_version_is_a_conflict(self, storage: Storage) -> None:
        """A decision on a stale family is not stored, and the transaction may go on without it."""
        first = decide(None, "1", "e1")
        commit(storage, first)
        for stale in (decide(None, "1", "e2", effects=1), refuse(None, "1", "e3")):
            with storage.transaction() as transaction:
                with pytest.raises(ConflictError, match="`1`"):
                    transaction.save(stale, 0, entry(stale), START)
                transaction.receive("hq", {"A": 1}, START)
        seen = snapshot(storage)
        assert seen.families == [first.family]
        assert [entry.event.event_id for entry in seen.journal] == ["e1"]
        assert not seen.outbox
        assert positions(storage) == {("hq", "A"): Position(2)}

    def test_a_refusal_is_journaled_alone(self, storage: Storage) -> None:
        """A refused event leaves its entry and changes nothing, whether or not there is a record."""
        first = decide(None, "1", "e1")
        commit(storage, first)
        refusals = [refuse(first.family, "1", "e2"), refuse(None, "none", "e3")]
        for refusal in refusals:
            commit(storage, refusal)
        seen = snapshot(storage)
        assert seen.families == [first.family]
        assert [found.refusals for found in seen.journal[1:]] == [refusal.refusals for refusal in refusals]
        with storage.transaction() as transaction:
            assert [found.event.event_id for found in transaction.journal("1")] == ["e1", "e2"]
            assert [found.event.event_id for found in transaction.journal("none")] == ["e3"]

    def test_an_event_id_is_used_once(self, storage: Storage) -> None:
        """The same id again is a conflict, in a later transaction as in the same; no id is no name."""
        first = decide(None, "1", "e1")
        commit(storage, first)
        with pytest.raises(ConflictError, match="`e1`"):
            commit(storage, decide(first.family, "1", "e1"))
        with storage.transaction() as transaction:
            second = decide(first.family, "1", "e2")
            transaction.save(second, 1, entry(second), START)
            again = decide(second.family, "1", "e2")
            with pytest.raises(ConflictError, match="`e2`"):
                transaction.save(again, 2, entry(again), START)
        for version in (3, 4):
            commit(storage, decide(snapshot(storage).families[0], "1", ""), version - 1)
        assert [found.version for found in snapshot(storage).journal] == [1, 2, 3, 4]

    def test_families_come_by_submit(self, storage: Storage) -> None:
        """The order of submit stays, whatever changes; an entity can be asked for; writing may go on."""
        for root_id in ("b", "a", "c"):
            commit(storage, decide(None, root_id, f"new {root_id}"))
        with storage.transaction() as transaction:
            for family in transaction.families():
                again = decide(family, family.id, f"again {family.id}")
                transaction.save(again, 1, entry(again), START)
        with storage.transaction() as transaction:
            assert [(family.id, family.version) for family in transaction.families("order")] == [
                ("b", 2),
                ("a", 2),
                ("c", 2),
            ]
            assert not list(transaction.families("ticket"))

    def test_many_rows_come_in_order(self, storage: Storage) -> None:
        """Nothing is lost or doubled where a storage reads in pages."""
        with storage.transaction() as transaction:
            for number in range(1100):
                decision = decide(None, str(number), f"e{number}", effects=1)
                transaction.save(decision, 0, entry(decision), START)
        seen = snapshot(storage)
        assert [family.id for family in seen.families] == [str(number) for number in range(1100)]
        assert [found.number for found in seen.journal] == list(range(1, 1101))
        assert [row.effect.record for row in seen.outbox] == [str(number) for number in range(1100)]
