"""What stands on a record beside its fields and its state: resources, holds, aggregates, tiers, tags, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from orderflow.diagnostics import Span
from orderflow.expr.tree import Expression
from orderflow.expr.types import Type
from orderflow.model.stock import MoveKind


@dataclass(frozen=True, slots=True)
class Resource:
    """What is held by being in `held_in`, given back on leaving it, consumed on entering `spend_on`.

    Args:
        kind: `stock` (units), `amount` (of somebody's limit), `token` (one a record).
        lines: stock: gives rows with `sku`, `quantity` and perhaps `pool`; None means the plan's lines.
        warehouse: stock: gives the warehouse; None means the plan's.
        amount, limit: amount: how much is held, and how much the owner may hold in all.
        owner: amount: the ref field that names the owner.
        on_take, on_give_back: actions done then.
    """

    name: str
    kind: Literal["stock", "amount", "token"]
    held_in: str
    spend_on: str | None
    span: Span
    lines: Expression | None = None
    warehouse: Expression | None = None
    amount: Expression | None = None
    owner: str | None = None
    limit: Expression | None = None
    on_take: tuple[str, ...] = ()
    on_give_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A region beside the states: while it is on, automatic transitions and timers wait.

    People place and release it (`by`), or it is on while `when` holds. `states` are those it can be on in, as declared.
    """

    name: str
    label: str
    states: tuple[str, ...]
    by: tuple[str, ...]
    reason_required: bool
    when: Expression | None
    retry_on: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class StockMove:
    """A move of stock that a transition makes: rows (`lines`), or one SKU (`sku`, `quantity`), at a warehouse."""

    kind: MoveKind
    warehouse: Expression
    span: Span
    lines: Expression | None = None
    sku: Expression | None = None
    quantity: Expression | None = None
    pool: str = ""


@dataclass(frozen=True, slots=True)
class RowsSet:
    """What an event sets in the rows of a list: in each for which `where` holds, these fields."""

    where: Expression | None
    values: Mapping[str, Expression]
    span: Span


@dataclass(frozen=True, slots=True)
class Judgement:
    """A named condition of the arrival check."""

    name: str
    label: str
    when: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A windowed sum or count over the records of entity `of` that refer to the owner by the field `by`.

    Args:
        at: when a record counts, over `of`; missing: not at all.
        op: how; `value` is what is summed, counted (a condition) or compared.
        over: a rolling window, now - over < at <= now; `days`: so many local days, today included; neither: all.
        type: of the result.
    """

    name: str
    label: str
    of: str
    by: str
    at: Expression
    op: Literal["sum", "count", "streak", "distinct", "min", "max"]
    value: Expression | None
    where: Expression | None
    over: timedelta | None
    days: int | None
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a tier; one without `at_least` takes what is left. `span`: its threshold, or its name without one."""

    name: str
    label: str
    at_least: int | Decimal | None
    span: Span


@dataclass(frozen=True, slots=True)
class Tier:
    """A named level chosen from thresholds of a number, the highest first."""

    name: str
    label: str
    of: Expression
    levels: tuple[Level, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Tag:
    """A mark on a root record: set while `when` holds, after the commit that changed it, with actions at the edges."""

    name: str
    label: str
    when: Expression
    on_set: tuple[str, ...]
    on_clear: tuple[str, ...]
    span: Span
