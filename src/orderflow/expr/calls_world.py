"""Functions that ask for more than the record: tiers, tags, tables, allocation, resources, stock and places."""

from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message, joined
from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.calls_names import listed, named
from orderflow.expr.distance import LONGEST
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.flow import Facts
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.scope import TableScope
from orderflow.expr.tree import Call, Constant, Name, Node, Origin
from orderflow.expr.types import (
    BOOL,
    INTEGER,
    LARGEST,
    NUMBERS,
    TEXT_TYPE,
    TEXTS,
    UNKNOWN,
    Kind,
    Type,
    choice,
    describe,
    list_of,
    optional,
    record,
)

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

WORLD = frozenset(
    {
        "tier", "has_tag", "look_up", "collect", "can_source", "can_take", "on_hand", "available", "pooled",
        "distance_km", "reaches",
    }
)  # fmt: skip
#: Functions about the record in scope alone: not to be asked of a child.
_OF_RECORD = frozenset({"tier", "look_up", "collect", "can_source", "can_take"})
_ONE, _EVERY = Message("one row"), Message("every row that fits")
_KILOMETRES = Type(Kind.DECIMAL, places=3, lo=0, hi=LONGEST)


def world(checker: "Checker", node: Call, facts: Facts) -> Node:
    """The typed call.

    Raises:
        Refused: an argument names nothing, or is not what the function takes, or this may not be asked here.
    """
    if node.function in _OF_RECORD and checker.names.state_frame() > checker.base:
        message = Message(
            "`{function}` is about the `{own}`, not about its children",
            function=node.function,
            own=checker.names.own,
        )
        fix = Message("ask it outside of the condition on children")
        raise Refused(Fault("OF102", message, node.start, node.end, fix))
    match node.function:
        case "tier":
            return _tier(checker, node, facts)
        case "has_tag":
            depth = checker.names.state_frame()
            tag = named(node, 0, sorted(checker.names.frames[depth].scope.around.tags), Message("tag"))
            return replace(node, arguments=(tag,), depth=depth, type=BOOL)
        case "look_up":
            return _look_up(checker, node)
        case "collect":
            name = _table(checker, node, collects=True)
            table = checker.names.around.tables[str(name.value)]
            rows = list_of(record(str(name.value), dict(table.gives)))
            return replace(node, arguments=(name,), type=rows)
        case "can_source":
            return _asked(node, checker.names.around.policies, Message("allocation policy"))
        case "can_take":
            return _asked(node, checker.names.around.resources, Message("amount resource"))
        case "distance_km":
            places = tuple(_of_kind(checker, node, each, facts, {Kind.LOCATION}) for each in node.arguments)
            return replace(node, arguments=places, type=_KILOMETRES)
        case "reaches":
            return _reaches(checker, node, facts)
        case _:
            return _stock(checker, node, facts)


# ---- tiers --------------------------------------------------------------------------------------------------------


def _tier(checker: "Checker", node: Call, facts: Facts) -> Node:
    """`tier("name")` of the record itself or of what its only ref leads to; `tier("name", ref)` of what that leads to."""
    around, own = checker.names.around, checker.names.own
    if len(node.arguments) > 1:
        ref = checker.value(node.arguments[1], facts)
        if ref.type == UNKNOWN:
            return node
        if ref.type.kind is not Kind.REF:
            message = Message(
                "`tier` takes a ref; `{text}` is {kind}",
                text=checker.text(node.arguments[1]),
                kind=describe(ref.type),
            )
            fix = Message('name a field of the type `ref`, or leave it out: `tier("customer_tier")`')
            raise Refused(Fault("OF102", message, ref.start, ref.end, fix))
        scope = around.refs.get(ref.type.name)
        levels = dict(scope.tiers) if scope is not None else {}
        return _of_tier(node, named(node, 0, levels, Message("tier")), ref.type.name, levels, ref)
    if around.own is not None and _literal(node) in around.own.tiers:
        levels = dict(around.own.tiers)
        return _of_tier(node, named(node, 0, levels, Message("tier")), own, levels, None)
    refs = list(_refs(checker, node))
    known = {name for entity in {ref.type.name for ref in refs} for name in around.refs[entity].tiers}
    if around.own is not None:
        known |= set(around.own.tiers)
    name = named(node, 0, sorted(known), Message("tier"))
    leading = [ref for ref in refs if name.value in around.refs[ref.type.name].tiers]
    if len(leading) > 1:
        texts = [_written(ref, own) for ref in leading]
        message = Message(
            "{refs} each lead to a tier `{value}`",
            refs=joined((f"`{text}`" for text in texts), " and "),
            value=name.value,
        )
        better = f'tier("{name.value}", {texts[0]})'
        raise Refused(
            Fault("OF102", message, node.start, node.end, Message("say which: `{better}`", better=better))
        )
    (ref,) = leading
    checked = checker.found(ref, _written(ref, own), facts)
    return _of_tier(node, name, ref.type.name, dict(around.refs[ref.type.name].tiers), checked)


def _literal(node: Call) -> object:
    name = node.arguments[0]
    return name.value if isinstance(name, Constant) else None


def _refs(checker: "Checker", node: Call) -> Iterator[Name]:
    """The refs of the record in scope and of its parent that lead to entities with tiers."""
    scope = checker.names.frames[0].scope
    for origin, holder in ((Origin.FIELD, scope), (Origin.PARENT, scope.parent)):
        for field, type_ in holder.fields.items() if holder is not None else ():
            if type_.kind is Kind.REF and type_.name in checker.names.around.refs:
                assert holder is not None
                yield Name(node.start, node.end, (field,), type_, origin, 0, holder.entity)


def _written(ref: Name, own: str) -> str:
    return ref.path[0] if ref.owner == own else f"{ref.owner}.{ref.path[0]}"


def _of_tier(
    node: Call, name: Constant, entity: str, levels: dict[str, tuple[str, ...]], ref: Node | None
) -> Node:
    type_ = choice(*levels[str(name.value)])
    key = replace(name, value=f"{entity}.{name.value}")
    return replace(node, arguments=(key,) if ref is None else (key, ref), type=type_)


# ---- tables -------------------------------------------------------------------------------------------------------


def _table(checker: "Checker", node: Call, *, collects: bool) -> Constant:
    """The name of a table that is asked by the right function."""
    tables = checker.names.around.tables
    name = named(node, 0, tables, Message("table"))
    if (tables[str(name.value)].hit == "collect") is collects:
        return name
    gives, asks = (_ONE, _EVERY) if collects else (_EVERY, _ONE)
    message = Message(
        "the table `{value}` gives {gives}; `{function}` asks for {asks}",
        value=name.value,
        gives=gives,
        function=node.function,
        asks=asks,
    )
    other = "look_up" if collects else "collect"
    outputs = list(tables[str(name.value)].gives)
    if collects and len(outputs) > 1:
        fix = Message(
            'write `look_up("{value}", "{value2}")`: {listed}',
            value=name.value,
            value2=outputs[0],
            listed=listed(outputs, Message("output")),
        )
        raise Refused(Fault("OF102", message, node.start, node.end, fix))
    fix = Message("replace `{function}` with `{other}`", function=node.function, other=other)
    raise Refused(Fault("OF102", message, node.name_start, node.name_end, fix, other))


def _look_up(checker: "Checker", node: Call) -> Node:
    name = _table(checker, node, collects=False)
    table: TableScope = checker.names.around.tables[str(name.value)]
    if len(node.arguments) > 1:
        output = named(node, 1, table.gives, Message("output"))
    elif len(table.gives) == 1:
        output = Constant(name.start, name.end, next(iter(table.gives)), TEXT_TYPE)
    else:
        example = f'look_up("{name.value}", "{next(iter(table.gives), "")}")'
        message = Message("the table `{value}` gives several values", value=name.value)
        fix = Message(
            "say which, such as `{example}`: {listed}",
            example=example,
            listed=listed(table.gives, Message("output")),
        )
        raise Refused(Fault("OF102", message, node.start, node.end, fix))
    type_ = table.gives[str(output.value)]
    return replace(node, arguments=(name, output), type=type_ if table.total else optional(type_))


# ---- decisions and stock --------------------------------------------------------------------------------------------


def _asked(node: Call, known: Collection[str] | None, what: Message) -> Node:
    if known is None:
        raise Refused(_not_here(node, Message("in a guard, a hold, a formula, a `set` or the arrival check")))
    return replace(node, arguments=(named(node, 0, sorted(known), what),), type=BOOL)


def _not_here(node: Call, where: Message) -> Fault:
    message = Message("`{function}` cannot be asked here", function=node.function)
    return Fault(
        "OF107",
        message,
        node.start,
        node.end,
        Message("ask it {where}, and keep the answer in a field if need be", where=where),
    )


def _stock(checker: "Checker", node: Call, facts: Facts) -> Node:
    around = checker.names.around
    if not around.stock:
        raise Refused(
            _not_here(
                node, Message("in a guard, a formula, a `set`, a move or a field of a child that is created")
            )
        )
    first, second = node.arguments[:2]
    warehouse: Node
    if isinstance(first, Constant) and isinstance(first.value, str):
        warehouse = named(node, 0, around.warehouses, Message("warehouse"))
    else:
        warehouse = _of_kind(checker, node, first, facts, set(TEXTS))
    arguments: tuple[Node, ...] = (warehouse, _of_kind(checker, node, second, facts, set(TEXTS)))
    if node.function == "pooled":
        arguments = (*arguments, named(node, 2, around.pools, Message("pool")))
    return replace(node, arguments=arguments, type=ranges.within(INTEGER, (Fraction(0), Fraction(LARGEST))))


# ---- places -------------------------------------------------------------------------------------------------------


def _of_kind(checker: "Checker", node: Call, argument: Node, facts: Facts, kinds: set[Kind]) -> Node:
    """The typed argument, there and of one of the kinds."""
    found = checker.value(argument, facts)
    if found.type.kind not in kinds and found.type != UNKNOWN:
        raise Refused(_misfit(checker, node, found, joined(sorted(kinds), " or ")))
    return found


def _misfit(checker: "Checker", node: Call, argument: Node, takes: Message) -> Fault:
    message = Message(
        "`{function}` takes {takes}; `{text}` is {kind}",
        function=node.function,
        takes=takes,
        text=checker.text(argument),
        kind=describe(argument.type),
    )
    fix = Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
    return Fault("OF102", message, argument.start, argument.end, fix)


def _reaches(checker: "Checker", node: Call, facts: Facts) -> Node:
    site = checker.value(node.arguments[0], facts)
    place = checker.visit(node.arguments[1], facts).node
    if site.type != UNKNOWN:
        location, radius = site.type.field("location"), site.type.field("radius_km")
        if not (
            site.type.kind is Kind.RECORD
            and (location is not None and location.kind is Kind.LOCATION)
            and (radius is not None and radius.kind in NUMBERS)
        ):
            raise Refused(_misfit(checker, node, site, Message("a record with `location` and `radius_km`")))
    if place.type.kind is not Kind.LOCATION and place.type != UNKNOWN:
        raise Refused(_misfit(checker, node, place, Message("a location")))
    return replace(node, arguments=(site, place), type=BOOL)
