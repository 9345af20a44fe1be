"""Fields: types, bounds, options, defaults. Expressions on them wait until every name is known."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from orderflow.compiler.field_types import Nameable, is_no_option, options_of, written_type
from orderflow.compiler.header import Header
from orderflow.compiler.names import check_value_name
from orderflow.compiler.nodes import Entry, ListNode, MapNode, ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.patterns import pattern_of
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import plain
from orderflow.diagnostics import Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import NUMBERS, UNKNOWN, Kind
from orderflow.model.convert import MOST_DIGITS, ValueFault, convert
from orderflow.model.definition import Changes, Field, RecordType
from orderflow.model.frozen import EMPTY, FrozenDict

NO_NAMES = Nameable()

#: Keys without which it is not known what values a field takes.
_SHAPING = frozenset({"optional", "at_least", "at_most", "default", "options", "pattern", "formula"})


def declare_fields(
    holder: Part,
    key: str,
    what: Message,
    header: Header,
    report: Report,
    *,
    known: Nameable = NO_NAMES,
    taken: Mapping[str, Message] = EMPTY,
) -> dict[str, Field]:
    """The fields in the mapping under `key`; a faulty one is still known by name, its type unknown.

    Args:
        holder: what has the fields: an entity, a record, an event.
        key: `fields` or `data`.
        what: the kind of name in messages, such as `field`.
        header: the rule set's head, for its currency and time zone.
        report: where the findings go.
        known: what the types of the fields may name.
        taken: names that mean something else in expressions here, and what.
    """
    fields: dict[str, Field] = {}
    for entry in holder.entries(key):
        field = _field(holder, entry, header, known, report)
        fine = check_value_name(what, entry.key, dict(taken), report)
        fields[entry.name] = field if fine else replace(field, type=UNKNOWN)
    for name in holder.lost_names(key):
        if name not in fields:
            fields[name] = Field(name, name, UNKNOWN, holder.span)
    return fields


def _field(holder: Part, entry: Entry, header: Header, known: Nameable, report: Report) -> Field:
    if isinstance(entry.value, ScalarNode):
        part = Part(entry.key, MapNode((), entry.value.span), {})
        written: ScalarNode | None = entry.value
    else:
        part = holder.of(entry)
        written = part.scalar("type")
    name = entry.name
    label = part.text("label") or name
    if written is None:
        return Field(name, label, UNKNOWN, entry.key.span)
    type_ = written_type(written, part, header, known, report)
    if part.lost.get(part.node.span, frozenset()) & _SHAPING or not _has_fit_bounds(part, report):
        type_ = UNKNOWN
    row = (known.records or {}).get(type_.item.name) if type_.item is not None else None
    made = Field(
        name=name,
        label=label,
        type=type_,
        span=entry.key.span,
        changes=Changes(part.text("changes") or "free"),
        reason_required=part.scalar("reason") is not None,
        private=part.flag("private"),
        pattern=pattern_of(part, report),
        options=options_of(part, type_, known),
        creates=part.text("missing") == "create",
        rows=row,
        at_least=part.whole("at_least"),
        at_most=part.whole("at_most"),
    )
    if type_.kind is Kind.NONE:
        return made
    _check_keys(made, part, report)
    return _with_default(made, part, header, report)


def _has_fit_bounds(part: Part, report: Report) -> bool:
    """Whether values can be near the bounds of a field at all."""
    fit = True
    for key in ("at_least", "at_most"):
        node, bound = part.scalar(key), part.whole(key)
        if node is not None and bound is not None and abs(bound) >= 10**MOST_DIGITS:
            fit = False
            text = Message(
                "`{key}` has more than {MOST_DIGITS} digits, as no value has",
                key=key,
                MOST_DIGITS=MOST_DIGITS,
            )
            report.error("OF102", text, node.span, NOTHING, Message("write a smaller number, or remove it"))
    return fit


def _check_keys(field: Field, part: Part, report: Report) -> None:
    """Keys that a field of this type has no use for, and bounds that nothing can meet."""
    kind = field.type.kind
    allowed = {"options": {Kind.CHOICE}, "pattern": {Kind.TEXT}, "at_least": {*NUMBERS, Kind.LIST}}
    allowed |= {"at_most": allowed["at_least"], "missing": {Kind.REF}}
    if field.changes is Changes.GROWS:
        allowed["changes"] = {*NUMBERS, Kind.DATE, Kind.DATETIME, Kind.DURATION}
    for key, kinds in allowed.items():
        entry = part.node.entry(key)
        if entry is not None and kind not in kinds:
            shown = Message("`{key}: grows`", key=key) if key == "changes" else Message("`{key}`", key=key)
            text = Message(
                "{shown} says nothing about a {kind}; `{name}` is one",
                shown=shown,
                kind=kind,
                name=field.name,
            )
            report.error("OF102", text, entry.key.span, NOTHING, Message("remove it, or change the type"))
    low, high = field.at_least, field.at_most
    if low is not None and high is not None and low > high:
        entry = part.node.entry("at_most")
        span = entry.value.span if entry else part.span
        report.error(
            "OF102",
            Message("no value is at least {low} and at most {high}", low=low, high=high),
            span,
            NOTHING,
            Message("raise `at_most`"),
        )


def _with_default(field: Field, part: Part, header: Header, report: Report) -> Field:
    entry = part.node.entry("default")
    if entry is None or isinstance(entry.value, MapNode):
        return field
    if field.type.kind is Kind.LIST:
        report.error(
            "OF102",
            Message("`{name}` is a list; a list has no default", name=field.name),
            entry.key.span,
            NOTHING,
            Message("remove it"),
        )
        return field
    if isinstance(entry.value, ListNode) and field.type.kind is not Kind.LOCATION:
        text = Message(
            "`default` is a list, and `{name}` is a single {kind}", name=field.name, kind=field.type.kind
        )
        report.error("OF107", text, entry.value.span, NOTHING, Message("write a single value"))
        return field
    if is_no_option(entry.value, field.type):
        report.no_option(field.name, entry.value, field.type.options)
        return replace(field, default=field.type.options[0])  # there is one, if not this
    try:
        return replace(field, default=convert(field, plain(entry.value), header.zone))
    except ValueFault as fault:
        report.error(
            "OF102",
            Message("the default does not fit: {fault}", fault=fault.message),
            entry.value.span,
            NOTHING,
            Message("write a value that fits the type"),
        )
    return replace(field, default=plain(entry.value))  # there is one, if not this


def declare_records(
    holder: Part, header: Header, report: Report, warehouses: Mapping[str, str] = EMPTY
) -> dict[str, RecordType]:
    """The kinds of rows that an entity declares.

    Args:
        holder: the entity's document.
        header: the rule set's head.
        report: where the findings go.
        warehouses: each declared warehouse with its label.
    """
    made: dict[str, RecordType] = {}
    for part in holder.parts("records"):
        check_value_name(Message("record"), part.key, {holder.name: Message("the record itself")}, report)
        fields = declare_fields(
            part, "fields", Message("field"), header, report, known=Nameable(None, warehouses)
        )
        node, key = part.scalar("key"), None
        if node is not None:
            key = report.known(
                Message("field"),
                node,
                spans_of(fields.values()),
                Message("the `fields` of `{name}`", name=part.name),
            )
        made[part.name] = RecordType(part.name, key, FrozenDict(fields), part.span)
    return made


def spans_of(fields: Iterable[Field]) -> dict[str, Span]:
    """Where each field is declared."""
    return {field.name: field.span for field in fields}
