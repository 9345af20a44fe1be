"""What the drawn rule sets contain: counted over every expression of those that passed, and demanded of a run."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from tests.soundness.entities import MOVES
from tests.soundness.fields import PLAIN
from tests.soundness.rules import CURRENCIES, ZONES

from orderflow.expr import tree
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.reads import walk
from orderflow.expr.tree import Expression
from orderflow.model.definition import Definition

#: Functions of a later language level that the writer does not write yet may be named here, each with a reason.
UNWRITTEN: Mapping[str, str] = {}
#: Everything else that must have been there.
WANTED = (
    *(f"field {kind}" for kind in (*PLAIN, "warehouse")),
    *(f"changes {how}" for how in ("never", "once", "grows")),
    *(f"trigger {what}" for what in ("event", "automatic", "after", "at_once", "otherwise")),
    *(f"table {hit}" for hit in ("first", "unique", "collect")),
    *(f"resource {kind}" for kind in ("token", "amount", "stock", "plan", "of a child")),
    *(f"aggregate {op}" for op in ("sum", "count", "streak", "distinct", "min", "max")),
    *(f"event {kind}" for kind in ("submit", "send", "update", "tick", "hold", "release")),
    *(f"move {kind}" for kind in MOVES),
    *(f"zone {zone}" for zone in ZONES),
    *(f"currency {currency}" for currency in CURRENCIES),
    *("optional", "default", "bounds", "pattern", "private", "formula", "auto", "editable", "missing create", "list", "ref"),
    *("optional list", "compound", "internal", "creates", "creates parcels", "tell", "shows", "event data", "event rows"),
    *("set", "set rows", "set ref", "hold by_hand", "hold shut", "tier", "tag", "queue", "ticket", "handover", "finding"),
    *("metric", "promise", "allocation", "arrival", "template", "turns", "guarded", "coalesce", "10,000 rows", "no rows"),
    *("engine life", "accepted", "refused guard", "refused contract", "refused for what is short"),
)  # fmt: skip


def note_expressions(definition: Definition, seen: Counter[str]) -> None:
    """Count the kinds of node and the functions in every expression of a rule set."""
    for expression in expressions(definition):
        for node in walk(expression.root):
            seen[f"node {type(node).__name__}"] += 1
            if isinstance(node, tree.Arithmetic):
                seen[f"operator {node.operator}"] += 1
            elif isinstance(node, tree.Compare):
                seen.update(f"operator {each}" for each in node.operators)
            elif isinstance(node, tree.Call):
                seen[f"function {node.function}"] += 1


def expressions(value: object) -> Iterator[Expression]:
    """Every expression in a definition or a part of it."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from expressions(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from expressions(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from expressions(getattr(value, field.name))


def lacking(seen: Counter[str]) -> list[str]:
    """What should have been there and was not."""
    wanted = {*WANTED}
    wanted |= {f"function {name}" for name in FUNCTIONS if name not in UNWRITTEN}
    wanted |= {f"node {node.__name__}" for node in tree.Node.__args__}
    wanted |= {
        f"operator {each}" for each in ("+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=")
    }
    return sorted(name for name in wanted if not seen[name])


def report(seen: Counter[str]) -> str:
    """The counts in the order of their names."""
    return ", ".join(f"{name} {count}" for name, count in sorted(seen.items()))
