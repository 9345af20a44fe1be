"""Fields: types, bounds, options, defaults. Expressions on them wait until every name is known."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from orderflow.compiler.header import Header
from orderflow.compiler.names import check_value_name
from orderflow.compiler.nodes import Entry, ListNode, MapNode, ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import locate, plain
from orderflow.diagnostics import Label, Span
from orderflow.expr.types import NUMBERS, PLACES, UNKNOWN, Kind, Type, list_of, record
from orderflow.model.convert import MOST_DIGITS, ValueFault, convert
from orderflow.model.definition import Changes, Field, RecordType
from orderflow.model.frozen import EMPTY, FrozenDict

_KINDS = {str(kind): kind for kind in Kind if kind not in (Kind.NONE, Kind.LIST, Kind.RECORD, Kind.REF)}

#: Keys without which it is not known what values a field takes.
_SHAPING = frozenset({"optional", "at_least", "at_most", "default", "options", "pattern"})


def declare_fields(
    holder: Part,
    key: str,
    what: str,
    header: Header,
    report: Report,
    *,
    records: Mapping[str, RecordType] = EMPTY,
    taken: Mapping[str, str] = EMPTY,
) -> dict[str, Field]:
    """The fields in the mapping under `key`; a faulty one is still known by name, its type unknown.

    Args:
        holder: what has the fields: an entity, a record, an event.
        key: `fields` or `data`.
        what: the kind of name in messages, such as `field`.
        header: the rule set's head, for its currency and time zone.
        report: where the findings go.
        records: the kinds of rows that a `list of` may name.
        taken: names that mean something else in expressions here, and what.
    """
    fields: dict[str, Field] = {}
    for entry in holder.entries(key):
        field = _field(holder, entry, header, records, report)
        fine = check_value_name(what, entry.key, dict(taken), report)
        fields[entry.name] = field if fine else replace(field, type=UNKNOWN)
    for name in holder.lost_names(key):
        if name not in fields:
            fields[name] = Field(name, name, UNKNOWN, holder.span)
    return fields


def _field(
    holder: Part, entry: Entry, header: Header, records: Mapping[str, RecordType], report: Report
) -> Field:
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
    type_ = _type(written, part, header, records, report)
    if part.lost.get(part.node.span, frozenset()) & _SHAPING or not _has_fit_bounds(part, report):
        type_ = UNKNOWN
    row = records.get(type_.item.name) if type_.item is not None else None
    made = Field(
        name=name,
        label=label,
        type=type_,
        span=entry.key.span,
        changes=Changes(part.text("changes") or "free"),
        reason_required=part.scalar("reason") is not None,
        private=part.flag("private"),
        pattern=part.text("pattern"),
        options=_labels(part),
        rows=row,
        at_least=part.whole("at_least"),
        at_most=part.whole("at_most"),
    )
    if type_.kind is Kind.NONE:
        return made
    _check_keys(made, part, report)
    return _with_default(made, part, header, report)


def _type(
    node: ScalarNode, part: Part, header: Header, records: Mapping[str, RecordType], report: Report
) -> Type:
    """The type that a field's words name; unknown after a finding."""
    optional = part.flag("optional")
    if node.value.startswith("list of "):
        return _list_type(node, part, records, report)
    kind = _KINDS[node.value]
    low, high = part.whole("at_least"), part.whole("at_most")
    if kind is Kind.CHOICE:
        options = tuple(_options(part))
        _check_options(part, report)
        if not options:
            if part.intact:
                report.error(
                    "OF107",
                    f"the choice `{part.name}` has no options",
                    part.span,
                    "",
                    "add `options: [a, b]`",
                )
            return UNKNOWN
        if part.lost_names("options"):
            return UNKNOWN
        return Type(kind, optional=optional, options=options)
    if kind is Kind.MONEY:
        if header.currency is None and header.sure:
            fix = "add `currency:` with an ISO 4217 code such as EUR to the file that begins with `ruleset`"
            report.error(
                "OF107", f"`{part.name}` is money, and the rule set names no currency", node.span, "", fix
            )
        return Type(
            kind, optional=optional, lo=low, hi=high, places=header.places, name=header.currency or ""
        )
    if kind in NUMBERS:
        return Type(kind, optional=optional, lo=low, hi=high, places=PLACES if kind is Kind.DECIMAL else 0)
    return Type(kind, optional=optional)


def _list_type(node: ScalarNode, part: Part, records: Mapping[str, RecordType], report: Report) -> Type:
    name = node.value.removeprefix("list of ").strip()
    spans = {known.name: known.span for known in records.values()}
    meant = report.known("record", _part_of(node, name), spans, "`records`")
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


def _check_options(part: Part, report: Report) -> None:
    """Of a list: none stands in it twice (of a map, the reader has seen to it)."""
    first: dict[str, Span] = {}
    node = part.node.get("options")
    for item in node.items if isinstance(node, ListNode) else ():
        if not isinstance(item, ScalarNode):
            continue
        if item.value in first:
            label = Label(first[item.value], "first here")
            text = f"`{item.value}` stands twice in `options`"
            report.error("OF105", text, item.span, "again here", "remove one of them", (label,))
        first.setdefault(item.value, item.span)


def _has_fit_bounds(part: Part, report: Report) -> bool:
    """Whether values can be near the bounds of a field at all."""
    fit = True
    for key in ("at_least", "at_most"):
        node, bound = part.scalar(key), part.whole(key)
        if node is not None and bound is not None and abs(bound) >= 10**MOST_DIGITS:
            fit = False
            text = f"`{key}` has more than {MOST_DIGITS} digits, as no value has"
            report.error("OF102", text, node.span, "", "write a smaller number, or remove it")
    return fit


def _labels(part: Part) -> Mapping[str, str]:
    return FrozenDict(_options(part))


def _check_keys(field: Field, part: Part, report: Report) -> None:
    """Keys that a field of this type has no use for, and bounds that nothing can meet."""
    kind = field.type.kind
    allowed = {"options": {Kind.CHOICE}, "pattern": {Kind.TEXT}, "at_least": {*NUMBERS, Kind.LIST}}
    allowed["at_most"] = allowed["at_least"]
    if field.changes is Changes.GROWS:
        allowed["changes"] = {*NUMBERS, Kind.DATE, Kind.DATETIME, Kind.DURATION}
    for key, kinds in allowed.items():
        entry = part.node.entry(key)
        if entry is not None and kind not in kinds:
            shown = f"`{key}: grows`" if key == "changes" else f"`{key}`"
            text = f"{shown} says nothing about a {kind}; `{field.name}` is one"
            report.error("OF102", text, entry.key.span, "", "remove it, or change the type")
    low, high = field.at_least, field.at_most
    if low is not None and high is not None and low > high:
        entry = part.node.entry("at_most")
        span = entry.value.span if entry else part.span
        report.error("OF102", f"no value is at least {low} and at most {high}", span, "", "raise `at_most`")


def _with_default(field: Field, part: Part, header: Header, report: Report) -> Field:
    entry = part.node.entry("default")
    if entry is None or not isinstance(entry.value, ScalarNode):
        return field
    if field.type.kind is Kind.LIST:
        report.error(
            "OF102", f"`{field.name}` is a list; a list has no default", entry.key.span, "", "remove it"
        )
        return field
    try:
        return replace(field, default=convert(field, plain(entry.value), header.zone))
    except ValueFault as fault:
        report.error(
            "OF102",
            f"the default does not fit: {fault}",
            entry.value.span,
            "",
            "write a value that fits the type",
        )
    return replace(field, default=entry.value.value)  # there is one, if not this


def declare_records(holder: Part, header: Header, report: Report) -> dict[str, RecordType]:
    """The kinds of rows that an entity declares."""
    made: dict[str, RecordType] = {}
    for part in holder.parts("records"):
        check_value_name("record", part.key, {}, report)
        fields = declare_fields(part, "fields", "field", header, report)
        for field in fields.values():
            if field.type.kind is Kind.LIST:
                report.error(
                    "OF102", f"a row has no lists; `{field.name}` is one", field.span, "", "make it plain"
                )
        node, key = part.scalar("key"), None
        if node is not None:
            key = report.known("field", node, spans_of(fields.values()), f"the `fields` of `{part.name}`")
        made[part.name] = RecordType(part.name, key, FrozenDict(fields), part.span)
    return made


def spans_of(fields: Iterable[Field]) -> dict[str, Span]:
    """Where each field is declared."""
    return {field.name: field.span for field in fields}
