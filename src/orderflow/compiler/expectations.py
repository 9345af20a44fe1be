"""What a scenario expects, every name in it resolved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orderflow.compiler.fields import spans_of
from orderflow.compiler.nodes import ListNode, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.plan_field import PLAN
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import plain, resolve
from orderflow.compiler.scenario import Expect
from orderflow.diagnostics import Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.definition import Definition, Entity
from orderflow.model.frozen import EMPTY, FrozenDict

#: What a scenario may expect of a parcel's plan.
PLANNED = ("warehouse", "carrier", "promised_on", "distance_km")
#: The codes that a refusal may have.
REFUSALS = (
    "event_unknown",
    "no_transition",
    "not_allowed",
    "guard",
    "not_due",
    "stock",
    "contract",
    "exists",
    "no_record",
    "limit",
    "moves",
    "hold_unknown",
    "not_held",
    "held",
    "reason",
    "no_rest",
)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Where the names that a scenario may expect are declared, those with faults too.

    `roles` is False when the head of the rule set could not be read whole; `lost` are names of states and transitions of
    which nothing is left but the name. `holds`, `tags` and checks on `arrival` are those of each entity, `pools` all that are declared,
    `formulas` the fields of each entity that a formula fills.
    """

    transitions: Mapping[str, Span]
    actions: Mapping[str, Span]
    queues: Mapping[str, Span]
    roles: bool = True
    lost: frozenset[str] = frozenset()
    holds: Mapping[str, frozenset[str]] = EMPTY
    tags: Mapping[str, frozenset[str]] = EMPTY
    pools: frozenset[str] = frozenset()
    arrival: Mapping[str, frozenset[str]] = EMPTY
    formulas: Mapping[str, frozenset[str]] = EMPTY


def compile_expect(
    part: Part | None, rules: Definition, known: KnownNames, root: Entity, entity: Entity, report: Report
) -> Expect | None:
    """What must be so after a step.

    Args:
        part: the `expect` of the step, or None.
        rules: the rule set.
        known: the names that it declares.
        root: the entity of the root record that the step is about, whose state is meant.
        entity: the entity that the step acts on, whose fields, holds and tags are meant.
        report: where the findings go.
    """
    if part is None:
        return None
    family = [
        root,
        *(rules.entities[child.entity] for child in root.children.values() if child.entity in rules.entities),
    ]
    state = part.scalar("state")
    if state is not None:
        _known(
            Message("state"),
            (state,),
            {name: item.span for each in family for name, item in each.states.items()},
            report,
            known.lost,
        )
    took, did, queues = part.scalars("took"), part.scalars("did"), part.scalars("queues")
    _known(Message("transition"), took, known.transitions, report, known.lost)
    _known(Message("action"), did, known.actions, report)
    _known(Message("queue"), queues, known.queues, report)
    holds, tags, parcels = part.scalars("holds"), part.scalars("tags"), part.scalars("parcels")
    _known(Message("hold"), holds, known.holds.get(entity.name, frozenset()), report)
    _known(Message("tag"), tags, known.tags.get(entity.name, frozenset()), report)
    _known(
        Message("warehouse"), parcels, {name: item.span for name, item in rules.warehouses.items()}, report
    )
    return Expect(
        span=part.span,
        spans=FrozenDict({entry.name: entry.key.span for entry in part.node.entries}),
        state=None if state is None else name_of(state),
        took=_names(part, "took", took),
        did=_names(part, "did", did),
        queues=_names(part, "queues", queues),
        refused=_refused(part, report),
        fields=_fields(part, entity, report),
        says=part.text("says"),
        holds=_names(part, "holds", holds),
        tags=_names(part, "tags", tags),
        parcels=_names(part, "parcels", parcels),
        plan=_plan(part, rules, root, entity, report),
        arrival=_arrival(part, known.arrival.get(root.name, frozenset()), report),
    )


def _names(part: Part, key: str, nodes: tuple[ScalarNode, ...]) -> tuple[str, ...] | None:
    return None if part.node.get(key) is None else tuple(name_of(node) for node in nodes)


def _known(
    what: Message,
    nodes: tuple[ScalarNode, ...],
    known: Mapping[str, Span] | Iterable[str],
    report: Report,
    lost: Iterable[str] = (),
) -> None:
    for node in nodes:
        report.known(what, node, known, lost=lost)


def _refused(part: Part, report: Report) -> bool | str | None:
    node = part.scalar("refused")
    if node is None:
        return None
    value = resolve(node)
    if isinstance(value, bool):
        return value
    if node.value not in REFUSALS:
        report.unknown(Message("refusal"), node, REFUSALS)
    return node.value


def _plan(
    part: Part, rules: Definition, root: Entity, entity: Entity, report: Report
) -> Mapping[str, object] | None:
    entry = part.node.entry("plan")
    if entry is None:
        return None
    children = [rules.entities.get(child.entity) for child in root.children.values()]
    planned = [
        each for each in ([entity] if entity is not root else children) if each and PLAN in each.fields
    ]
    if not planned:
        text = Message("no plan makes the `{name}` records that this step acts on", name=entity.name)
        report.error("OF107", text, entry.key.span, NOTHING, Message("remove it"))
        return None
    values: dict[str, object] = {}
    for item in part.entries("plan"):
        if item.name not in PLANNED:
            report.unknown(Message("part of a plan"), item.key, PLANNED)
        elif isinstance(item.value, ScalarNode):
            values[item.name] = plain(item.value)
            if item.name == "warehouse":
                _known(
                    Message("warehouse"),
                    (item.value,),
                    {name: at.span for name, at in rules.warehouses.items()},
                    report,
                )
    return FrozenDict(values)


def _arrival(part: Part, known: Iterable[str], report: Report) -> Mapping[str, bool] | None:
    if part.node.get("arrival") is None:
        return None
    for entry in part.entries("arrival"):
        report.known(Message("check on arrival"), entry.key, known)
    return FrozenDict(
        {
            entry.name: resolve(entry.value) is True
            for entry in part.entries("arrival")
            if isinstance(entry.value, ScalarNode)
        }
    )


def _fields(part: Part, entity: Entity, report: Report) -> Mapping[str, object] | None:
    if part.node.get("fields") is None:
        return None
    values: dict[str, object] = {}
    for entry in part.entries("fields"):
        if entry.name not in entity.fields:
            report.unknown(
                Message("field"),
                entry.key,
                spans_of(entity.fields.values()),
                Message("the fields of `{name}`", name=entity.name),
            )
        elif isinstance(entry.value, (ScalarNode, ListNode)):
            values[entry.name] = plain(entry.value)
    return FrozenDict(values)
