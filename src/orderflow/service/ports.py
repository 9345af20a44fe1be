"""What the engine needs from outside, as small Protocols; `orderflow.testing` holds the contract that each must pass."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from orderflow.model.decision import Change, Decision, Effect, Judged, Marked, Refusal, Step
from orderflow.model.event import Event
from orderflow.model.facts import Contribution
from orderflow.model.plan import Plan
from orderflow.model.record import Family, Standing
from orderflow.model.stock import Draw, Move, MoveKind, Position, StockKey


class JournalEntry(NamedTuple):
    """One decision as the append-only journal keeps it.

    Args:
        number: its place in the journal, from 1; 0 before it is stored.
        recorded_at: when the engine decided, aware UTC (the event's own `at` says when it happened).
        version: the family's version afterwards.
        fingerprint: SHA-256 of the event's content: the same id with other content is told by it.
        digest: the rule set that decided.
    """

    number: int
    recorded_at: datetime
    version: int
    event: Event
    accepted: bool
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    moves: tuple[Move, ...]
    effects: tuple[Effect, ...]
    refusals: tuple[Refusal, ...]
    fingerprint: str
    digest: str
    draws: tuple[Draw, ...] = ()
    plans: tuple[Plan, ...] = ()
    arrival: tuple[Judged, ...] = ()
    marks: tuple[Marked, ...] = ()


class StockRow(NamedTuple):
    """The stock position of a SKU at a warehouse."""

    warehouse: str
    sku: str
    position: Position


class Movement(NamedTuple):
    """A line of the append-only stock ledger, in the order of commit: a `Move` and its moment.

    `record` is who moves the units, or the id of the receipt. Positions are the sums of these lines.
    """

    kind: MoveKind
    warehouse: str
    sku: str
    quantity: int
    record: str
    at: datetime
    pool: str = ""


class Drawing(NamedTuple):
    """A line of the append-only ledger of amounts and tokens, in the order of commit; balances are the sums of these lines."""

    kind: Literal["take", "give_back", "spend"]
    resource: str
    owner: str
    amount: int
    record: str
    at: datetime


class Outgoing(NamedTuple):
    """An effect in the outbox. `status` is `pending`, `sent` or `dead`."""

    effect: Effect
    status: Literal["pending", "sent", "dead"]
    tries: int
    due: datetime
    error: str


class Transaction(Protocol):
    """Everything that one transaction may read and write; all of it is committed, or none."""

    def family(self, root_id: str) -> Family | None:
        """The family as last saved, or None."""

    def entry(self, event_id: str) -> JournalEntry | None:
        """The journal entry of an event id that was applied before, or None."""

    def save(self, decision: Decision, expected: int, entry: JournalEntry, due: datetime) -> None:
        """Store the decision: family (if accepted), journal entry, effects (due at `due`), moves, draws, contributions.

        Raises:
            ConflictError: the family's stored version is not `expected`, or a move or draw finds too little.
        """

    def reschedule(self, family: Family) -> None:
        """Store a family's new time of waking, what it waits for, and nothing else: no journal entry, the version stays.

        Raises:
            ConflictError: the family's stored version is another.
        """

    def stock(self, skus: Iterable[str]) -> Mapping[StockKey, Position]:
        """The positions of these SKUs, in every warehouse that has one."""

    def move(self, moves: Iterable[Move], at: datetime) -> None:
        """Move stock outside any decision (opening stock, pools), with a line each in the ledger.

        Raises:
            ConflictError: there are too few units.
        """

    def balances(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """What is held in all, by resource and owner, for each key that ever held anything."""

    def window(
        self, aggregate: str, owner: str, since: datetime | None, until: datetime
    ) -> Sequence[Contribution]:
        """What counts in an aggregate of an owner: since < at <= until, oldest first (then by record id)."""

    def count(
        self,
        aggregate: str,
        owner: str,
        since: datetime | None,
        until: datetime,
        without: str,
    ) -> tuple[int, datetime | None]:
        """How many records count in an aggregate of an owner, since < at <= until, and the moment of the first (None: none).

        Args:
            without: a family that is left out, by its root id.
        """

    def touch(self, root_ids: Iterable[str]) -> None:
        """Note root records whose tags must be looked at in a transaction of their own."""

    def touched(self, limit: int) -> Sequence[str]:
        """Root ids noted and not settled yet, in the order in which they were noted first."""

    def settle(self, root_id: str) -> None:
        """Its tags were looked at: the note is taken away."""

    def receive(self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str = "") -> None:
        """Add units on hand, with a line each in the ledger; `receipt` is the id that makes it unique, if any."""

    def received(self, receipt: str) -> Mapping[StockKey, int] | None:
        """The units that a receipt added, or None when there was none of that id."""

    def next_number(self, name: str) -> int:
        """The next number of a named sequence, from 1."""

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families whose `wake` is at or before `until`: (wake, root id), earliest first."""

    def waiting(self, keys: Iterable[str]) -> Sequence[str]:
        """Root ids of families that wait for one of these (`Family.waiting`), oldest submit first, each once."""

    def standing(self, queue: str | None = None) -> Sequence[Standing]:
        """Who stands in a queue (all queues when None), the longest there first, then by record id."""

    def families(self, entity: str | None = None) -> Iterator[Family]:
        """All families, in the order of submit."""

    def journal(self, root_id: str | None = None) -> Iterator[JournalEntry]:
        """Entries in order: of one family, or all."""

    def positions(self) -> Sequence[StockRow]:
        """Every stock position, by warehouse and SKU."""

    def movements(self) -> Iterator[Movement]:
        """The stock ledger in order."""

    def drawings(self) -> Iterator[Drawing]:
        """The ledger of amounts and tokens in order."""

    def outgoing(self, until: datetime, limit: int) -> Sequence[Outgoing]:
        """Pending effects due at or before `until`, oldest first, at most the first pending one of each record."""

    def mark(self, outgoing: Outgoing) -> None:
        """Store what became of an effect: its status, tries, next due time and last error."""

    def outbox(self) -> Iterator[Outgoing]:
        """The whole outbox, oldest first."""


class Storage(Protocol):
    """Where families, journal, outbox and stock live."""

    def transaction(self, *, read_only: bool = False) -> AbstractContextManager[Transaction]:
        """Begin; commit on leaving, roll back on an exception. A transaction may hold one event or a batch.

        Args:
            read_only: nothing will be written; a storage may then let others write meanwhile.

        Raises:
            StorageError: the storage cannot be reached or written.
            ConflictError: another writer was first.
        """

    def close(self) -> None:
        """Give back what the storage holds open."""


class Notifier(Protocol):
    """Carries an effect outside."""

    def deliver(self, effect: Effect) -> None:
        """Deliver once more or for the first time; `effect.key` is stable so that the other side may drop repeats.

        Raises:
            NotifierError: it did not get through; the dispatcher tries again later.
        """


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware UTC."""
