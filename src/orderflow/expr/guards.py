"""The repair of a value that may be missing: the test that it is there, before the condition that needs it."""

from collections.abc import Callable
from dataclasses import replace

from orderflow.expr.fault import Fault, Refused
from orderflow.expr.parse import parse
from orderflow.expr.tree import And, Call, Compare, IfElse, Membership, Name, Node, Not, Or, children

#: So many tests are tried: each is a look at the whole expression.
_MOST = 8


def with_guards(source: str, found: list[Fault], again: Callable[[str], object]) -> list[Fault]:
    """The faults of a condition, those of a missing value with the test that repairs them, where one is sure to.

    It is sure where the value stands in a comparison or a call among conditions joined by `and` and `or` alone: a value
    that is missing then meets no condition. Under a `not` or in an `if` it could be meant either way.

    Args:
        source: the condition as written.
        found: its faults.
        again: looks at an expression; what it returns are its faults when it is a list, and else that it is sound.
    """
    if any(fault.code in ("OF101", "OF106") for fault in found):
        return found  # it is not all known yet what the condition says
    missing = [fault for fault in found if fault.missing]
    try:
        root = parse(source) if missing else None
    except Refused:
        return found
    made: dict[Fault, Fault] = {}
    settled: set[str] = set()
    for fault in missing[:_MOST]:
        clause = None if root is None or fault.missing in settled else _clause(root, fault)
        if clause is None:
            continue
        test = f"{fault.missing} is not None and "
        judged = again(source[: clause.start] + test + source[clause.start :])
        left = [other.message for other in judged] if isinstance(judged, list) else []
        said = [other.message for other in found]
        if left.count(fault.message) < said.count(fault.message) and set(left) <= set(said):
            made[fault] = replace(fault, replacement=test, at=(clause.start, clause.start))
            if fault.message not in left:
                settled.add(fault.missing)  # the one test is enough for what follows it
    return [made.get(fault, fault) for fault in found]


def _clause(node: Node, fault: Fault) -> Node | None:
    """The smallest condition around a fault that is joined to others by `and` and `or` alone."""
    match node:
        case And(items=items) | Or(items=items):
            inner = next((item for item in items if _holds(item, fault)), None)
            return None if inner is None else _clause(inner, fault)
        case Compare() | Membership() | Call() | Name():
            return None if _is_decided(node, fault) else node
    return None


def _is_decided(node: Node, fault: Fault) -> bool:
    """Whether something inside a condition decides by the value: an `if`, another condition."""
    return isinstance(node, IfElse | Not | And | Or) or any(
        _is_decided(inner, fault) for inner in children(node) if _holds(inner, fault)
    )


def _holds(node: Node, fault: Fault) -> bool:
    return node.start <= fault.start and fault.end <= node.end
