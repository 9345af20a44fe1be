"""What an expression reads, gathered from its typed tree."""

from orderflow.expr.tree import (
    Call,
    Constant,
    Name,
    Node,
    Origin,
    Part,
    Reads,
    Required,
    Through,
    children,
)

_STATE = frozenset(
    {"is_in", "is_open", "reached", "reached_at", "entered", "is_held", "held_since", "time_in", "has_tag"}
)
_CLOCK = frozenset({"age", "time_in"})
#: Functions that ask for a stock position: of a warehouse (the first argument) and a SKU (the second).
STOCK = frozenset({"on_hand", "available", "pooled"})
#: Functions whose first argument names something, and the group that it goes to.
_NAMING = {
    "tier": "tiers", "has_tag": "tags", "look_up": "tables", "collect": "tables", "can_source": "policies",
    "can_take": "resources",
}  # fmt: skip


def walk(root: Node) -> list[Node]:
    """Every node of a tree, parents first."""
    found = [root]
    for node in found:
        found.extend(children(node))
    return found


def reads(root: Node, depth: int) -> Reads:
    """What the expression reads; `depth` is the frame of the record in scope."""
    fields: set[str] = set()
    groups: dict[Origin, set[str]] = {}
    named: dict[str, set[str]] = {group: set() for group in _NAMING.values()}
    paths: set[str] = set()
    refs: set[str] = set()
    aggregates: set[str] = set()
    calendars: set[str] = set()
    positions: list[tuple[Node, Node]] = []
    clock = state = False
    for node in walk(root):
        match node:
            case Name(path=(name,), origin=origin):
                clock = clock or origin is Origin.CLOCK
                if origin is not Origin.FIELD:
                    groups.setdefault(origin, set()).add(name)
                elif node.depth == depth:
                    fields.add(name)
                paths.add(f"{node.owner}.{name}" if node.owner else name)
                if origin is Origin.AGGREGATE:
                    aggregates.add(f"{node.owner}.{name}")
            case Part(base=base, name=name) if base.type.name:
                paths.add(f"{base.type.name}.{name}")
            case Through(base=base, entity=entity, name=name):
                paths.add(f"{entity}.{name}")
                refs.add(_path(base))
                if node.aggregate:
                    aggregates.add(f"{entity}.{name}")
            case Call(function=function, arguments=arguments):
                clock = clock or function in _CLOCK
                state = state or (function in _STATE and node.depth <= depth)
                if node.calendar is not None:
                    calendars.add(node.calendar.name)
                if function in STOCK:
                    positions.append((arguments[0], arguments[1]))
                if function in _NAMING and isinstance(arguments[0], Constant):
                    named[_NAMING[function]].add(str(arguments[0].value))
                if function == "tier" and len(arguments) > 1:
                    refs.add(_path(arguments[1]))
    return Reads(
        fields=frozenset(fields),
        parent=frozenset(groups.get(Origin.PARENT, ())),
        event=frozenset(groups.get(Origin.EVENT, ())),
        children=frozenset(groups.get(Origin.CHILDREN, ())),
        extra=frozenset(groups.get(Origin.EXTRA, ())),
        paths=frozenset(paths - {"now", "today"}),
        clock=clock,
        state=state,
        refs=frozenset(refs),
        aggregates=frozenset(aggregates),
        positions=tuple(positions),
        tiers=frozenset(named["tiers"]),
        tags=frozenset(named["tags"]),
        tables=frozenset(named["tables"]),
        policies=frozenset(named["policies"]),
        resources=frozenset(named["resources"]),
        calendars=frozenset(calendars),
    )


def _path(ref: Node) -> str:
    """A ref by its owner: `order.customer`."""
    match ref:
        case Required(operand=operand):
            return _path(operand)
        case Name(owner=owner, path=path):
            return ".".join((owner, *path) if owner else path)
        case Part(base=base, name=name):
            return f"{base.type.name}.{name}"
    raise AssertionError(type(ref).__name__)
