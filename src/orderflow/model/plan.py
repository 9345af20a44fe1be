"""What allocation found: a plan of parcels, and the verdict on every warehouse that was looked at."""

from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple


class Demand(NamedTuple):
    """Units that a line asks for; `pools` names those that it may draw on, in the order of the rules."""

    line: object
    sku: str
    quantity: int
    pools: tuple[str, ...] = ()


class PlannedLine(NamedTuple):
    """Units of a line that a parcel carries, from a pool or (empty) from ordinary stock."""

    line: object
    sku: str
    quantity: int
    pool: str = ""


class Candidate(NamedTuple):
    """A warehouse that could serve; `reason` says why it may not (empty: it may).

    `distance_km` is missing where the warehouse or the customer has no place on the map.
    """

    warehouse: str
    level: str
    distance_km: Decimal | None = None
    cost: Decimal = Decimal(0)
    reason: str = ""


class Short(NamedTuple):
    """A SKU of which a warehouse has too little: units asked for, and units that the order may take there."""

    sku: str
    needed: int
    available: int


class Verdict(NamedTuple):
    """What allocation said of one warehouse.

    Args:
        code: `chosen`; `farther` (it could serve, but the plan ranks before it); `out_of_reach` (the policy's
            `candidates` excludes it, `note` says why); `short`.
        short: what it lacks to serve all alone.
        note: the reason in words, with its figures.
    """

    warehouse: str
    code: Literal["chosen", "farther", "out_of_reach", "short"]
    distance_km: Decimal | None
    short: tuple[Short, ...]
    note: str


class Parcel(NamedTuple):
    """What one warehouse sends. `promised_on` is a local day."""

    warehouse: str
    lines: tuple[PlannedLine, ...]
    distance_km: Decimal | None = None
    cost: Decimal = Decimal(0)
    carrier: str | None = None
    promised_on: date | None = None


class Plan(NamedTuple):
    """What a policy found for one record: no parcels when it found no way. `wanted` is what was asked for.

    `made` is true when its parcels became children; else it was only looked for.
    """

    policy: str
    record: str
    wanted: tuple[Demand, ...]
    parcels: tuple[Parcel, ...]
    verdicts: tuple[Verdict, ...]
    made: bool = False
