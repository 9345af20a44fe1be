"""The contract of what aggregates and tags keep: contributions by time, and notes of records to look at."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from orderflow.model.facts import Contribution
from orderflow.service.ports import Storage
from orderflow.testing.committing import commit
from orderflow.testing.samples import SPEND, START, decide, entry, spent
from orderflow.testing.snapshot import LAST, snapshot
from orderflow.testing.with_storage import WithStorage

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def put(storage: Storage, *rows: Contribution) -> None:
    """Commit what records count for, as a decision on a family of its own."""
    before = next(iter(snapshot(storage).families), None)
    commit(storage, decide(before, "1", f"e{before.version if before else 0}", contributions=rows))


class HistoryContract(WithStorage):
    """How contributions, notes and sequences are kept."""

    def test_a_window_is_open_below_and_closed_above(self, storage: Storage) -> None:
        """since < at <= until, oldest first, of one moment by record, whatever the order of writing."""
        rows = [
            spent("b", 2, START + HOUR),
            spent("late", 5, START + 3 * HOUR),
            spent("a/returns/2", 3, START + HOUR + TICK),
            spent("a", 1, START + HOUR),
            spent("first", 0, START),
            spent("other", 9, START + HOUR, owner="C2"),
            Contribution("customer.orders", "C1", "a", START + HOUR, True),
        ]
        put(storage, *rows)

        def window(since: datetime | None, until: datetime, owner: str = "C1") -> list[str]:
            with storage.transaction() as transaction:
                return [row.record for row in transaction.window(SPEND, owner, since, until)]

        assert window(None, LAST) == ["first", "a", "b", "a/returns/2", "late"]
        assert window(START, START + HOUR) == ["a", "b"]
        assert window(START - TICK, START + HOUR + TICK) == ["first", "a", "b", "a/returns/2"]
        assert window(START + HOUR, START + 3 * HOUR - TICK) == ["a/returns/2"]
        assert window(START + HOUR, START + HOUR) == window(None, START - TICK) == []
        assert window(None, LAST, "C2") == ["other"]
        assert window(None, LAST, "C3") == []
        assert window(None, datetime(9000, 1, 1, tzinfo=UTC))[-1] == "late"

    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            7,
            "text",
            Decimal("12.50"),
            START,
            date(2026, 2, 3),
            timedelta(hours=26),
            (Decimal(1),) * 2,
        ],
    )
    def test_values_come_back_exactly(self, storage: Storage, value: object) -> None:
        """Values of every type, with their types."""
        put(storage, spent("1", value, START + TICK))
        with storage.transaction() as transaction:
            (row,) = transaction.window(SPEND, "C1", None, LAST)
        assert row == spent("1", value, START + TICK)
        assert repr(row.value) == repr(value)

    def test_a_record_counts_once_for_an_owner(self, storage: Storage) -> None:
        """The last one counts, in the transaction as after it; without a moment it is taken out."""
        put(
            storage,
            spent("1", 1),
            spent("2", 2),
            spent("2", 3, START + HOUR),
            spent("3", 1),
            spent("3", 1, None),
        )
        assert snapshot(storage).spent == [spent("1", 1), spent("2", 3, START + HOUR)]
        with storage.transaction() as transaction:
            before = transaction.family("1")
            moved = (
                spent("1", 1, None),
                spent("1", 1, owner="C2"),
                spent("2", 4, START - HOUR),
                spent("gone", 1, None),
            )
            second = decide(before, "1", "more", contributions=moved)
            transaction.save(second, 1, entry(second), START)
            expected = [spent("2", 4, START - HOUR), spent("1", 1, owner="C2")]
            assert list(transaction.window(SPEND, "C1", None, LAST)) == expected[:1]
            third = decide(second.family, "1", "back", contributions=(spent("3", 8),))
            transaction.save(third, 2, entry(third), START)
            assert list(transaction.window(SPEND, "C1", None, LAST)) == [expected[0], spent("3", 8)]
        assert snapshot(storage).spent == [expected[0], spent("3", 8), expected[1]]

    def test_contributions_roll_back(self, storage: Storage) -> None:
        """A failure puts back what was changed, moved and taken out."""
        put(storage, spent("1", 1), spent("2", 2), spent("3", 3))
        before = snapshot(storage)
        with pytest.raises(ZeroDivisionError), storage.transaction() as transaction:  # noqa: PT012
            rows = (spent("1", 9), spent("2", 2, START + HOUR), spent("3", 0, None), spent("4", 4))
            again = decide(transaction.family("1"), "1", "again", contributions=rows)
            transaction.save(again, 1, entry(again), START)
            assert len(transaction.window(SPEND, "C1", None, LAST)) == 3
            _ = 1 / 0
        assert snapshot(storage) == before

    def test_notes_come_in_the_order_of_the_first(self, storage: Storage) -> None:
        """A record noted twice stands once, where it stood first; a settled one may be noted anew."""
        with storage.transaction() as transaction:
            transaction.touch(["b", "a"])
            transaction.touch(name for name in ("c", "b"))
            assert list(transaction.touched(10)) == ["b", "a", "c"]
            assert list(transaction.touched(2)) == ["b", "a"]
        with storage.transaction() as transaction:
            transaction.touch(["a", "d"])
            transaction.settle("b")
            transaction.touch(["e"])
            transaction.settle("e")
            transaction.settle("none")
            transaction.touch(["b"])
            assert list(transaction.touched(10)) == ["a", "c", "d", "b"]
        with pytest.raises(ZeroDivisionError), storage.transaction() as transaction:  # noqa: PT012
            transaction.touch(["e"])
            for name in transaction.touched(10):
                transaction.settle(name)
            transaction.touch(["f", "c"])
            assert list(transaction.touched(10)) == ["f", "c"]
            _ = 1 / 0
        with storage.transaction() as transaction:
            assert list(transaction.touched(10)) == ["a", "c", "d", "b"]
            for name in transaction.touched(10):
                transaction.settle(name)
        assert snapshot(storage).touched == []

    def test_numbers_count_from_one(self, storage: Storage) -> None:
        """Each sequence for itself, over transactions."""
        for expected in (1, 2):
            with storage.transaction() as transaction:
                assert transaction.next_number("orders") == 2 * expected - 1
                assert transaction.next_number("orders") == 2 * expected
                assert transaction.next_number("tickets") == expected
