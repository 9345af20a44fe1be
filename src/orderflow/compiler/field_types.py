"""The types of fields as rule files write them: `text`, `ref customer`, `warehouse`, `list of line`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

from orderflow.compiler.header import Header
from orderflow.compiler.nodes import ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import locate, resolve
from orderflow.diagnostics import Label, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import NUMBERS, PLACES, UNKNOWN, Kind, Type, list_of, record, ref
from orderflow.model.definition import RecordType
from orderflow.model.frozen import EMPTY, FrozenDict

WAREHOUSE = "warehouse"
_KINDS = {str(kind): kind for kind in Kind if kind not in (Kind.NONE, Kind.LIST, Kind.RECORD, Kind.REF)}


@dataclass(frozen=True, slots=True)
class Nameable:
    """What the types of fields may name.

    Args:
        entities: where each entity is declared; a `ref` names one. None where refs have no place.
        warehouses: each declared warehouse with its label.
        records: the kinds of rows that a `list of` may name. None where lists have no place.
    """

    entities: Mapping[str, Span] | None = None
    warehouses: Mapping[str, str] = EMPTY
    records: Mapping[str, RecordType] | None = None


def written_type(node: ScalarNode, part: Part, header: Header, known: Nameable, report: Report) -> Type:
    """The type that a field's words name; unknown after a finding.

    Args:
        node: the words.
        part: the field.
        header: the rule set's head, for its currency.
        known: what the words may name.
        report: where the findings go.
    """
    optional = part.flag("optional")
    if node.value.startswith("list of "):
        return _list_type(node, part, known, report)
    if node.value.startswith("ref "):
        return _ref_type(node, part, known, report)
    if node.value == WAREHOUSE:
        return _warehouse_type(node, part, known, report)
    kind = _KINDS[node.value]
    low, high = part.whole("at_least"), part.whole("at_most")
    if kind is Kind.CHOICE:
        options = tuple(_options(part))
        _check_options(part, report)
        if not options:
            if part.intact:
                report.error(
                    "OF107",
                    Message("the choice `{name}` has no options", name=part.name),
                    part.span,
                    NOTHING,
                    Message("add `options: [a, b]`"),
                )
            return UNKNOWN
        if part.lost_names("options"):
            return UNKNOWN
        return Type(kind, optional=optional, options=options)
    if kind is Kind.MONEY:
        if header.currency is None and header.sure and report.first("no currency"):
            fix = Message(
                "add `currency:` with an ISO 4217 code such as EUR to the file that begins with `ruleset`"
            )
            report.error(
                "OF107",
                Message("`{name}` is money, and the rule set names no currency", name=part.name),
                node.span,
                NOTHING,
                fix,
            )
        return Type(
            kind, optional=optional, lo=low, hi=high, places=header.places, name=header.currency or ""
        )
    if kind in NUMBERS:
        return Type(kind, optional=optional, lo=low, hi=high, places=PLACES if kind is Kind.DECIMAL else 0)
    return Type(kind, optional=optional)


def is_known(type_: Type) -> bool:
    """Whether a field's type is known; of a faulty declaration it is not."""
    if type_.item is not None:
        return all(is_known(inner) for _, inner in type_.item.fields)
    return type_ != UNKNOWN


def _ref_type(node: ScalarNode, part: Part, known: Nameable, report: Report) -> Type:
    if known.entities is None:
        text = Message("a row refers to no other record; `{name}` does", name=part.name)
        report.error(
            "OF102", text, node.span, NOTHING, Message("make it `text`, or move it up to the entity")
        )
        return UNKNOWN
    meant = report.known(
        Message("entity"), _part_of(node, node.value.removeprefix("ref ").strip()), known.entities
    )
    return UNKNOWN if meant is None else replace(ref(meant), optional=part.flag("optional"))


def _warehouse_type(node: ScalarNode, part: Part, known: Nameable, report: Report) -> Type:
    entry = part.node.entry("options")
    if entry is not None:
        text = Message("the options of `{name}` are the declared warehouses", name=part.name)
        report.error(
            "OF107", text, entry.key.span, NOTHING, Message("remove `options`, or make it a `choice`")
        )
    if not known.warehouses:
        text = Message("`{name}` is a warehouse, and the rule set declares none", name=part.name)
        fix = Message("add a file `warehouses.yaml` with `warehouses:`, such as `main: {{}}` under it")
        report.error("OF107", text, node.span, NOTHING, fix)
        return UNKNOWN
    return warehouse_type(known.warehouses, optional=part.flag("optional"))


def warehouse_type(warehouses: Iterable[str], *, optional: bool = False) -> Type:
    """A choice of the declared warehouses."""
    return Type(Kind.CHOICE, optional=optional, options=tuple(warehouses), name=WAREHOUSE)


def _list_type(node: ScalarNode, part: Part, known: Nameable, report: Report) -> Type:
    name = node.value.removeprefix("list of ").strip()
    if known.records is None:
        text = Message("a row has no lists; `{name}` is one", name=part.name)
        report.error("OF102", text, node.span, NOTHING, Message("make it plain"))
        return UNKNOWN
    records = known.records
    spans = {known.name: known.span for known in records.values()}
    meant = report.known(Message("record"), _part_of(node, name), spans, Message("`records`"))
    if meant is None:
        return UNKNOWN
    found = records[meant]
    row = record(found.name, {field.name: field.type for field in found.fields.values()})
    made = list_of(row, part.whole("at_least") or 0, part.whole("at_most") or 10_000)
    return replace(made, optional=part.flag("optional"))


def _part_of(node: ScalarNode, name: str) -> ScalarNode:
    """The last word of a scalar as a scalar of its own."""
    start = node.value.rindex(name)
    span = locate(node, start, start + len(name))
    return ScalarNode(name, "plain", span, name)


def _options(part: Part) -> dict[str, str]:
    node = part.node.get("options")
    if isinstance(node, MapNode):
        return {
            entry.key.value: entry.value.value
            for entry in node.entries
            if isinstance(entry.value, ScalarNode)
        }
    if isinstance(node, ListNode):
        return {item.value: item.value for item in node.items if isinstance(item, ScalarNode)}
    return {}


def is_no_option(node: Node, type_: Type) -> TypeGuard[ScalarNode]:
    """Whether a value is a text where a choice has its options, and none of them."""
    return (
        type_.kind is Kind.CHOICE
        and isinstance(node, ScalarNode)
        and isinstance(resolve(node), str)
        and node.value not in type_.options
    )


def options_of(part: Part, type_: Type, known: Nameable) -> Mapping[str, str]:
    """The labels of a choice by option; of a warehouse, those of the warehouses."""
    return FrozenDict(known.warehouses if type_.name == WAREHOUSE else _options(part))


def _check_options(part: Part, report: Report) -> None:
    """Of a list: none stands in it twice (of a map, the reader has seen to it)."""
    first: dict[str, Span] = {}
    node = part.node.get("options")
    for item in node.items if isinstance(node, ListNode) else ():
        if not isinstance(item, ScalarNode):
            continue
        if item.value in first:
            label = Label(first[item.value], Message("first here"))
            text = Message("`{value}` stands twice in `options`", value=item.value)
            report.error(
                "OF105", text, item.span, Message("again here"), Message("remove one of them"), (label,)
            )
        first.setdefault(item.value, item.span)
