"""What a report says beside counts and metrics, as plain data: lives, allocation, holds, amounts, lateness, a story."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal


def plain(value: object) -> object:
    """A value, and everything inside it, as JSON knows it: moments as text, exact numbers as text, lengths in seconds."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Decimal) else value


@dataclass(frozen=True, slots=True)
class Share:
    """So many of something, by its name."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """How many records took a transition from one leaf state to another; `transition` is empty where they began."""

    transition: str
    label: str
    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class LifeLine:
    """The records of one entity: how many stand in each leaf state now, and how often each transition was taken."""

    entity: str
    label: str
    parent: str | None
    records: int
    states: tuple[Share, ...]
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """Events of one kind that changed nothing: why (`code`), what was sent, to which entity, and the first few.

    `examples` are (record, the reason in words).
    """

    code: str
    entity: str
    label: str
    event: str
    event_label: str
    count: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket that was opened for a record of a queue: who has it, and how far it is. `since` is local."""

    ticket: str
    record: str
    queue: str
    owner: str
    opened_by: str
    state: str
    state_label: str
    since: datetime
    open: bool
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ServedLine:
    """What a warehouse sent, and what allocation said of it, once for each record that came to be allocated.

    Args:
        parcels, units: of the plans that were carried out.
        mean_km: of its parcels whose distance is known.
        chosen, farther, short, out_of_reach: how often each was said of it.
    """

    warehouse: str
    label: str
    level: str
    parcels: int
    units: int
    mean_km: float | None
    chosen: int
    farther: int
    short: int
    out_of_reach: int


@dataclass(frozen=True, slots=True)
class SkuLine:
    """An article that was short: for how many records, by how many units; and for how many that still wait."""

    sku: str
    records: int
    units: int
    waiting: int
    waiting_units: int


@dataclass(frozen=True, slots=True)
class BackorderPart:
    """Records that found too little stock and waited: what became of them, and how long they wait.

    Args:
        waiting: those that wait now; `oldest` the one that waits longest, with how many seconds; `units` what they ask for.
        served: those that got their stock; `mean_seconds`, `longest_seconds` is how long that took.
        given_up: those that came to an end without it.
    """

    waiting: int
    examples: tuple[str, ...]
    oldest_seconds: float | None
    units: int
    served: int
    mean_seconds: float | None
    longest_seconds: float | None
    given_up: int


@dataclass(frozen=True, slots=True)
class AllocationPart:
    """How records were given to warehouses.

    Args:
        policies: the policies that were followed.
        asked: records that came to be allocated; `planned`: those whose parcels were made.
        split: how many records got so many parcels.
        short: records that lacked a unit when they first came to be allocated; `of` is all records of the entity.
        preorders: records that lacked units only of lines that may draw on a pool made for such lines; not in `short`.
        skus: the articles most often short, the worst first; `sku_count` is how many were short in all.
        lacking: the articles that records still wait for, the most wanted first.
    """

    entity: str
    label: str
    policies: tuple[Share, ...]
    of: int
    asked: int
    planned: int
    parcels: int
    units: int
    split: tuple[tuple[int, int], ...]
    warehouses: tuple[ServedLine, ...]
    short: int
    preorders: int
    skus: tuple[SkuLine, ...]
    sku_count: int
    lacking: tuple[SkuLine, ...]
    backorders: BackorderPart

    @property
    def short_share(self) -> float | None:
        """The share of records with a unit short at allocation; None where there are no records."""
        return self.short / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class LatePart:
    """Parcels and the day that was promised for each: those still on their way past it, and those that came after it.

    `by_state` says of each state how many late ones stand in it, and who has how many of them: whoever a ticket was given to, else
    the owner of the queue that it stands in, else the roles that can move it on.
    """

    promised: int
    open: int
    late: int
    by_state: tuple[tuple[Share, tuple[tuple[str, int], ...]], ...]
    by_warehouse: tuple[Share, ...]
    by_carrier: tuple[Share, ...]
    examples: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One kind of hold: how often it was placed and why, how many are on now, and how long it lasts.

    `mean_seconds` and `longest_seconds` are over all of them, those that are on counted until now.
    """

    entity: str
    name: str
    label: str
    placed: int
    on: int
    mean_seconds: float | None
    longest_seconds: float | None
    reasons: tuple[tuple[str, int], ...]
    by: tuple[tuple[str, int], ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """What somebody has in use of a limit; `limit` as last seen when something was taken."""

    owner: str
    in_use: Decimal
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One kind of amount (such as credit) or token: what was taken, given back and spent, and what is in use now.

    Args:
        kind: `amount` of a limit, or `token`.
        takes: how often something was taken; `refused`: how often an event was refused because too little was left.
        held: how often a record was held for want of it, over the holds that wait for it.
        top: who has most in use.
    """

    entity: str
    name: str
    kind: Literal["amount", "token"]
    takes: int
    taken: Decimal
    given_back: Decimal
    spent: Decimal
    in_use: Decimal
    owners: int
    refused: int
    held: int
    top: tuple[OwnerLine, ...]


@dataclass(frozen=True, slots=True)
class PoolLine:
    """Units of a pool: set aside and freed, drawn for orders (given back ones left out), and left now."""

    name: str
    label: str
    set_aside: int
    freed: int
    drawn: int
    left: int


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Stock that the records of an entity moved, by kind of move; of a count, units found (`units`) and lost (`lost`)."""

    kind: str
    entity: str
    label: str
    moves: int
    units: int
    lost: int = 0


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag: how often it was set and cleared, who has it now."""

    entity: str
    name: str
    label: str
    set: int
    cleared: int
    on: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """A check on arrival: of how many records it was asked, how many did not pass, and the first few of them."""

    entity: str
    name: str
    label: str
    asked: int
    failed: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A local day: records that came in, those short at allocation, held, put into a queue, and events refused."""

    day: date
    submitted: int
    short: int
    held: int
    queued: int
    refused: int


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One event of a record's story: when (local), what happened, and what came of it, a line each."""

    at: datetime
    what: str
    accepted: bool
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A record's whole story: why it was chosen, why it waited, everything that happened, and where it stands now."""

    record: str
    label: str
    why: str
    waited: tuple[str, ...]
    entries: tuple[StoryEntry, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong (`bad`, `warn`), or did not (`good`): what it is, and what there is to say of it."""

    mood: Literal["bad", "warn", "good"]
    what: str
    more: str = ""

    @property
    def text(self) -> str:
        """Both in one."""
        return f"{self.what} {self.more}".rstrip()
