"""What an expression reads, gathered from its typed tree."""

from orderflow.expr.tree import Call, Name, Node, Origin, Part, Reads, children

_STATE = frozenset({"is_in", "is_open", "reached", "reached_at", "entered"})


def walk(root: Node) -> list[Node]:
    """Every node of a tree, parents first."""
    found = [root]
    for node in found:
        found.extend(children(node))
    return found


def reads(root: Node, depth: int) -> Reads:
    """What the expression reads; `depth` is the frame of the record in scope."""
    groups: dict[Origin, set[str]] = {origin: set() for origin in Origin}
    paths: set[str] = set()
    clock = state = False
    for node in walk(root):
        match node:
            case Name(path=(name,), origin=origin):
                clock = clock or origin is Origin.CLOCK
                if origin is not Origin.FIELD or node.depth == depth:
                    groups[origin].add(name)
                paths.add(f"{node.owner}.{name}" if node.owner else name)
            case Part(base=base, name=name) if base.type.name:
                paths.add(f"{base.type.name}.{name}")
            case Call(function=function):
                clock = clock or function == "age"
                state = state or (function in _STATE and node.depth <= depth)
    return Reads(
        frozenset(groups[Origin.FIELD]),
        frozenset(groups[Origin.PARENT]),
        frozenset(groups[Origin.EVENT]),
        frozenset(groups[Origin.CHILDREN]),
        frozenset(groups[Origin.EXTRA]),
        frozenset(paths - {"now", "today"}),
        clock,
        state,
    )
