"""The contract of stock: every kind of move, pools, and the ledger that positions can be recounted from."""

from typing import get_args

import pytest

from orderflow.diagnostics.errors import ConflictError, RecordError, StorageError
from orderflow.model.stock import Move, MoveKind, Position
from orderflow.service.ports import Movement, Storage
from orderflow.service.stock import recount
from orderflow.testing.committing import POSITION, commit, move, positions, receive
from orderflow.testing.samples import START, decide, entry, take
from orderflow.testing.snapshot import snapshot
from orderflow.testing.with_storage import WithStorage

#: Ten lie there: three locked, three set aside (two for `p`, one for `q`), two unsellable; four are under way.
FULL = Position(10, 3, 3, 2, 4, 1, {"p": 2, "q": 1})


def made(kind: MoveKind, quantity: int, pool: str = "", sku: str = "A") -> Move:
    """A move at `hq`."""
    return Move(kind, "hq", sku, quantity, "1", pool)


def stocked(storage: Storage) -> None:
    """Bring the position of `A` to what `FULL` says."""
    kinds: list[tuple[MoveKind, int, str]] = [
        ("receive", 8, ""), ("quarantine", 2, ""), ("take", 3, ""), ("pool", 2, "p"), ("pool", 1, "q"),
        ("expect", 4, ""), ("safety", 1, ""),
    ]  # fmt: skip
    move(storage, [made(*kind) for kind in kinds])
    assert positions(storage) == {POSITION: FULL}


class MoveContract(WithStorage):
    """How stock is kept, moved and received."""

    def test_stock_is_taken_given_back_and_spent(self, storage: Storage) -> None:
        """On hand and allocated follow the moves, in the decision's order, each with a line in the ledger."""
        receive(storage, 3)
        moves = (take("1", 2), made("give_back", 1), made("spend", 1))
        commit(storage, decide(None, "1", "e1", moves=moves))
        assert positions(storage) == {POSITION: Position(2)}
        assert snapshot(storage).movements == [
            Movement("receive", "hq", "A", 3, "", START),
            Movement("take", "hq", "A", 2, "1", START),
            Movement("give_back", "hq", "A", 1, "1", START),
            Movement("spend", "hq", "A", 1, "1", START),
        ]

    @pytest.mark.parametrize(
        ("kind", "quantity", "pool", "after"),
        [
            ("receive", 2, "", FULL._replace(on_hand=12)),
            ("take", 2, "", FULL._replace(allocated=5)),
            ("take", 2, "p", FULL._replace(allocated=5, pooled=1, pools={"q": 1})),
            ("give_back", 3, "", FULL._replace(allocated=0)),
            ("give_back", 2, "q", FULL._replace(allocated=1, pooled=5, pools={"p": 2, "q": 3})),
            ("give_back", 2, "r", FULL._replace(allocated=1, pooled=5, pools={"p": 2, "q": 1, "r": 2})),
            ("spend", 3, "p", FULL._replace(on_hand=7, allocated=0)),
            ("quarantine", 1, "", FULL._replace(on_hand=11, unsellable=3)),
            ("damage", 2, "", FULL._replace(unsellable=4)),
            ("restore", 2, "", FULL._replace(unsellable=0)),
            ("scrap", 2, "", FULL._replace(on_hand=8, unsellable=0)),
            ("pool", 2, "p", FULL._replace(pooled=5, pools={"p": 4, "q": 1})),
            ("unpool", 1, "p", FULL._replace(pooled=2, pools={"p": 1, "q": 1})),
            ("expect", 1, "", FULL._replace(in_transit=5)),
            ("arrive", 4, "", FULL._replace(on_hand=14, in_transit=0)),
            ("lose", 4, "", FULL._replace(in_transit=0)),
            ("count", 5, "", FULL._replace(on_hand=15)),
            ("count", -2, "", FULL._replace(on_hand=8)),
            ("count", 0, "", FULL),
            ("safety", 4, "", FULL._replace(safety_stock=5)),
            ("safety", -1, "", FULL._replace(safety_stock=0)),
        ],
    )
    def test_every_kind_of_move_does_its_work(
        self, storage: Storage, kind: MoveKind, quantity: int, pool: str, after: Position
    ) -> None:
        """Up to the last unit that it may move; the ledger tells the pool and makes the same position."""
        stocked(storage)
        commit(storage, decide(None, "1", "e1", moves=(made(kind, quantity, pool),)))
        assert positions(storage) == {POSITION: after}
        movements = snapshot(storage).movements
        assert movements[7:] == [Movement(kind, "hq", "A", quantity, "1", START, pool)]
        assert recount(movements) == {POSITION: after}

    @pytest.mark.parametrize(
        ("kind", "quantity", "pool"),
        [
            ("take", 3, ""),
            ("take", 3, "p"),
            ("take", 1, "r"),
            ("damage", 3, ""),
            ("scrap", 3, ""),
            ("pool", 3, "p"),
            ("unpool", 3, "p"),
            ("unpool", 1, "r"),
            ("arrive", 5, ""),
            ("lose", 5, ""),
            ("count", -3, ""),
            ("safety", -2, ""),
        ],
    )
    def test_too_few_units_are_a_conflict(
        self, storage: Storage, kind: MoveKind, quantity: int, pool: str
    ) -> None:
        """One more than there is: nothing of the decision is stored, and the transaction may go on."""
        stocked(storage)
        stranger = made(kind, quantity, pool, sku="never received")
        with storage.transaction() as transaction:
            for wanted in (made(kind, quantity, pool), stranger):
                for moves in ((wanted,), (made("receive", 1, sku="B"), wanted)):
                    decision = decide(None, "1", "e1", effects=1, moves=moves)
                    with pytest.raises(ConflictError, match=f"`{wanted.sku}`.* decide again"):
                        transaction.save(decision, 0, entry(decision), START)
            assert transaction.family("1") is None
        seen = snapshot(storage)
        assert positions(storage) == {POSITION: FULL}
        assert len(seen.movements) == 7
        assert not seen.journal + seen.outbox

    @pytest.mark.parametrize(("kind", "quantity"), [("give_back", 4), ("spend", 4), ("restore", 3)])
    def test_nobody_gives_back_what_nobody_holds(
        self, storage: Storage, kind: MoveKind, quantity: int
    ) -> None:
        """More given back, spent or restored than is held is an error, not a conflict."""
        stocked(storage)
        for wanted in (made(kind, quantity), made(kind, 1, sku="B")):
            with pytest.raises(StorageError, match="does not hold") as error:
                commit(storage, decide(None, "1", "e1", moves=(wanted,)))
            assert not isinstance(error.value, ConflictError)
        assert positions(storage) == {POSITION: FULL}

    def test_less_than_nothing_is_an_error(self, storage: Storage) -> None:
        """Quantities are positive, but of a count and a safety stock; a pool has a name; empty moves leave no line."""
        stocked(storage)
        for kind in sorted(set(get_args(MoveKind)) - {"count", "safety"}):
            with pytest.raises(StorageError, match="positive"):
                commit(storage, decide(None, "1", "e1", moves=(made(kind, -1, "p"),)))
        aside: tuple[MoveKind, ...] = ("pool", "unpool")
        for kind in aside:
            with pytest.raises(StorageError, match="no pool"):
                commit(storage, decide(None, "1", "e1", moves=(made(kind, 1),)))
        with pytest.raises(RecordError, match="positive"):
            receive(storage, -1)
        commit(storage, decide(None, "1", "e1", moves=(made("take", 0),)))
        assert positions(storage) == {POSITION: FULL}
        assert len(snapshot(storage).movements) == 7

    @pytest.mark.parametrize("short", [("hq", "B"), ("hq", "never received")])
    def test_all_units_are_taken_or_none(self, storage: Storage, short: tuple[str, str]) -> None:
        """A take that finds too few units undoes its sisters, and the transaction may go on."""
        receive(storage, 5)
        receive(storage, 1, ("hq", "B"))
        with storage.transaction() as transaction:
            moves = (take("1", 2, short), take("1", 2))
            decision = decide(None, "1", "e1", effects=1, moves=moves)
            with pytest.raises(ConflictError, match=short[1]):
                transaction.save(decision, 0, entry(decision), START)
            assert transaction.family("1") is None
        assert positions(storage) == {POSITION: Position(5), ("hq", "B"): Position(1)}
        seen = snapshot(storage)
        assert len(seen.movements) == 2
        assert not seen.journal + seen.outbox

    def test_a_position_may_begin_with_what_comes(self, storage: Storage) -> None:
        """Counted, expected, kept back: a SKU need not be received first. Even nothing counted is a position."""
        kinds: tuple[MoveKind, ...] = ("receive", "quarantine", "expect", "count", "safety")
        move(storage, [made(kind, 2, sku=kind) for kind in kinds])
        move(storage, [made("count", 0, sku="none")])
        assert positions(storage) == {
            ("hq", "receive"): Position(2),
            ("hq", "quarantine"): Position(2, unsellable=2),
            ("hq", "expect"): Position(in_transit=2),
            ("hq", "count"): Position(2),
            ("hq", "safety"): Position(safety_stock=2),
            ("hq", "none"): Position(),
        }
        assert recount(snapshot(storage).movements) == positions(storage)

    def test_stock_is_read_by_sku(self, storage: Storage) -> None:
        """Every warehouse that has a position of one of the SKUs, with its pools; however many are asked for."""
        stocked(storage)
        receive(storage, 3, ("xihu", "A"))
        receive(storage, 1, ("xihu", "B"))
        receive(storage, 1, ("hq", "C"))
        with storage.transaction() as transaction:
            assert transaction.stock(["A"]) == {POSITION: FULL, ("xihu", "A"): Position(3)}
            assert transaction.stock(["B", "D"]) == {("xihu", "B"): Position(1)}
            assert transaction.stock([]) == {}
            many = transaction.stock(str(number) if number < 1999 else "A" for number in range(2000))
            assert many == transaction.stock(["A"])
            transaction.move([take("1", 2, pool="p"), take("1", 1, ("xihu", "B"))], START)
            assert transaction.stock(["B", "A"]) == {
                POSITION: FULL._replace(allocated=5, pooled=1, pools={"q": 1}),
                ("xihu", "A"): Position(3),
                ("xihu", "B"): Position(1, 1),
            }
        rows = [(row.warehouse, row.sku) for row in snapshot(storage).positions]
        assert rows == [("hq", "A"), ("hq", "C"), ("xihu", "A"), ("xihu", "B")]

    def test_moves_outside_decisions_are_all_or_none(self, storage: Storage) -> None:
        """Opening stock and pools are moved alone, by the same rules."""
        receive(storage, 3)
        with pytest.raises(ConflictError):
            move(storage, [made("pool", 2, "p"), made("pool", 2, "q")])
        with storage.transaction() as transaction:
            with pytest.raises(ConflictError):
                transaction.move([made("pool", 2, "p"), made("pool", 2, "q")], START)
            transaction.move([made("pool", 1, "p")], START)
        assert positions(storage) == {POSITION: Position(3, pooled=1, pools={"p": 1})}
        assert [line.kind for line in snapshot(storage).movements] == ["receive", "pool"]

    def test_a_receipt_is_known_by_its_id(self, storage: Storage) -> None:
        """An id, once committed, tells the units that came with it; a record that receives is no receipt."""
        with storage.transaction() as transaction:
            assert transaction.received("r1") is None
            transaction.receive("hq", {"A": 2, "B": 1}, START, "r1")
            assert transaction.received("r1") == {("hq", "A"): 2, ("hq", "B"): 1}
            with pytest.raises(ConflictError, match="`r1`"):
                transaction.receive("hq", {"A": 2, "B": 1}, START, "r1")
            transaction.receive("hq", {"A": 1}, START)
        with pytest.raises(ZeroDivisionError), storage.transaction() as transaction:  # noqa: PT012
            transaction.receive("hq", {"A": 1}, START, "r2")
            _ = 1 / 0
        commit(storage, decide(None, "1", "e1", moves=(made("receive", 1),)))
        with storage.transaction(read_only=True) as transaction:
            assert transaction.received("r2") is None
            assert transaction.received("1") is None
            assert transaction.received("") is None
            assert transaction.received("r1") == {("hq", "A"): 2, ("hq", "B"): 1}
        with pytest.raises(ConflictError, match="`r1`"), storage.transaction() as transaction:
            transaction.receive("hq", {"C": 2}, START, "r1")
        assert positions(storage) == {POSITION: Position(4), ("hq", "B"): Position(1)}
