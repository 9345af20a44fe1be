"""What the shared sections and the aggregates declare, before the expressions that name it are read."""

from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.diagnostics import Span
from orderflow.expr.scope import RefScope, TableScope
from orderflow.model.frozen import EMPTY
from orderflow.model.policies import Calendar


@dataclass(frozen=True, slots=True)
class Declared:
    """Names in reach of a whole rule set, those with faults too.

    Args:
        actions, warehouses, pools, policies, tables, promises: where each is declared.
        calendars: the calendars, as far as they could be read.
        tables_of: by entity, its decision tables with their outputs.
        policies_of: by entity, the allocation policies that find warehouses for its records.
        owners: by entity, what may be read of its records: fields, aggregates, tiers.
        tags_of: by entity, its tags.
        holds_of: by entity, its holds.
        amounts_of: by entity, its resources that are an amount of somebody's limit.
    """

    actions: Mapping[str, Span] = EMPTY
    warehouses: Mapping[str, Span] = EMPTY
    pools: Mapping[str, Span] = EMPTY
    policies: Mapping[str, Span] = EMPTY
    tables: Mapping[str, Span] = EMPTY
    promises: Mapping[str, Span] = EMPTY
    calendars: Mapping[str, Calendar] = EMPTY
    tables_of: Mapping[str, Mapping[str, TableScope]] = EMPTY
    policies_of: Mapping[str, frozenset[str]] = EMPTY
    owners: Mapping[str, RefScope] = EMPTY
    tags_of: Mapping[str, frozenset[str]] = EMPTY
    holds_of: Mapping[str, frozenset[str]] = EMPTY
    amounts_of: Mapping[str, frozenset[str]] = EMPTY


NOTHING_DECLARED = Declared()
