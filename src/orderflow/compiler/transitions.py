"""The ways between states: trigger, guard, what they do, create and tell."""

from collections.abc import Mapping
from datetime import timedelta

from orderflow.compiler.created import compile_created, known_children
from orderflow.compiler.durations import compile_duration
from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.moves import compile_moves
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.retries import compile_retry
from orderflow.compiler.scopes import Scopes
from orderflow.diagnostics import Fix, Severity, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.tree import Expression
from orderflow.expr.types import Kind
from orderflow.model.definition import Transition, Trigger
from orderflow.model.frozen import FrozenDict

_TRIGGERS = ("event", "after", "when", "at_once", "otherwise")


def compile_transitions(
    outline: Outline, actions: Mapping[str, Span], scopes: Scopes, report: Report
) -> dict[str, Transition]:
    """The transitions of an entity; one with faults in its names is left out.

    Args:
        outline: the entity's names.
        actions: where each action is declared.
        scopes: what expressions may name.
        report: where the findings go.
    """
    parts = outline.part.parts("transitions")
    names = {part.name: part.span for part in parts} | dict.fromkeys(
        outline.part.lost_names("transitions"), outline.part.span
    )
    made = {}
    for part in parts:
        check_name(Message("transition"), part.key, report)
        transition = _transition(part, outline, names, actions, scopes, report)
        if transition is not None:
            made[part.name] = transition
    return made


def _transition(
    part: Part,
    outline: Outline,
    names: Mapping[str, Span],
    actions: Mapping[str, Span],
    scopes: Scopes,
    report: Report,
) -> Transition | None:
    sources = known_states(part, "from", outline, report)
    targets = known_states(part, "to", outline, report)
    event = _event(part, outline, report)
    when = _guard(part, event, outline, scopes, report)
    before = _names(Message("transition"), part.scalars("before"), names, Message("`transitions`"), report)
    for node in part.scalars("before"):
        if name_of(node) == part.name:
            report.error(
                "OF107",
                Message("`{name}` cannot go before itself", name=part.name),
                node.span,
                NOTHING,
                Message("name another transition"),
            )
    doubtful = event is None and _by_event(part)
    created = compile_created(part, event, when, outline, scopes, report, doubtful=doubtful)
    scope = scopes.deciding(outline.name) if event is None else scopes.event(outline.name, event)
    moves = () if doubtful else compile_moves(part, scope, scopes, report)
    tell = _tell(part, outline, scopes, report)
    trigger = _trigger(part, report)
    made = Transition(
        name=part.name,
        label=part.text("label") or part.name,
        sources=sources or (),
        target=targets[0] if targets else None,
        trigger=trigger,
        span=part.span,
        event=event,
        after=_after(part, report),
        when=when,
        otherwise=part.flag("otherwise"),
        before=before,
        actions=known_actions(part, "do", actions, report),
        creates=created.children,
        created=FrozenDict(created.fields),
        policy=created.policy,
        moves=moves,
        tell=FrozenDict(tell),
        retry_on=compile_retry(part, outline, report),
    )
    return made if sources and targets is not None and (event or trigger is not Trigger.EVENT) else None


def known_actions(part: Part, key: str, actions: Mapping[str, Span], report: Report) -> tuple[str, ...]:
    """The actions that a key names; unknown ones, and those that would be done twice, are reported."""
    nodes = part.scalars(key)
    names = _names(Message("action"), nodes, actions, Message("`actions`"), report)
    seen: set[str] = set()
    for node in nodes:
        name = name_of(node)
        if name in seen and name in actions:
            text = Message("`{name}` stands twice in `{key}`", name=name, key=key)
            report.error(
                "OF105", text, node.span, Message("it would be done twice"), Message("remove one of them")
            )
        seen.add(name)
    return names


def _names(
    what: Message, nodes: tuple[ScalarNode, ...], known: Mapping[str, Span], where: Message, report: Report
) -> tuple[str, ...]:
    found = (report.known(what, node, known, where) for node in nodes)
    return tuple(name for name in found if name is not None)


def known_states(part: Part, key: str, outline: Outline, report: Report) -> tuple[str, ...] | None:
    """The states that a key names, each once; None when one of them is in doubt."""
    states = outline.states
    found: list[str] = []
    sure = key not in part.lost.get(part.node.span, ())
    for node in part.scalars(key):
        name = report.known(Message("state"), node, states.names, lost=states.lost)
        if name is None:
            sure = False
        elif name in found:
            report.error(
                "OF105",
                Message("`{name}` stands twice in `{key}`", name=name, key=key),
                node.span,
                Message("again here"),
                Message("remove one of them"),
            )
        else:
            found.append(name)
    return tuple(found) if sure else None


def _event(part: Part, outline: Outline, report: Report) -> str | None:
    node = part.scalar("event")
    if node is None:
        return None
    return report.known(Message("event"), node, outline.event_spans, Message("`events`"), outline.lost_events)


def _guard(
    part: Part, event: str | None, outline: Outline, scopes: Scopes, report: Report
) -> Expression | None:
    node = part.scalar("when")
    by_event = _by_event(part)
    if by_event and event is None and node is not None and "event" in node.value:
        return None  # what it may name of the event is not known
    scope = scopes.deciding(outline.name) if event is None else scopes.event(outline.name, event)
    return compile_expression(node, scope, Kind.BOOL, report, wakes=_wakes(part, by_event))


def _by_event(part: Part) -> bool:
    """Whether an event sets it off, known or not."""
    return part.scalar("event") is not None or "event" in part.lost.get(part.node.span, ())


def _wakes(part: Part, by_event: bool) -> Severity | None:
    """How bad it is when nothing tells when time turns a guard: nobody sends an event that would look at it again."""
    if by_event:
        return None
    # a timer looks once when it is due; what time makes true later would not be seen
    return Severity.WARNING if part.node.get("after") is not None else Severity.ERROR


def _after(part: Part, report: Report) -> timedelta | None:
    node = part.scalar("after")
    length = compile_duration("after", node, report)
    if node is not None and length is not None and not length:
        report.error(
            "OF102",
            Message("`after` must be longer than nothing"),
            node.span,
            NOTHING,
            Message("write `at_once: true` instead"),
        )
    return length


def _trigger(part: Part, report: Report) -> Trigger:
    """What makes it fire; none at all, and two that exclude each other, are reported."""
    said = [key for key in _TRIGGERS if key in ("event", "after", "when") and part.node.get(key) is not None]
    said += [key for key in ("at_once", "otherwise") if part.flag(key)]
    if not said and part.intact:
        report.error(
            "OF106",
            Message("transition `{name}` has no trigger", name=part.name),
            part.span,
            Message("nothing makes it fire"),
            Fix(Message("add `when`, `event` or `after`; or `at_once: true`, if it shall always be taken")),
        )
    for first, second in (
        ("event", "after"),
        ("event", "at_once"),
        ("after", "at_once"),
        ("when", "at_once"),
        ("at_once", "otherwise"),
    ):
        if first in said and second in said:
            entry = part.node.entry(second)
            span = entry.key.span if entry else part.span
            report.error(
                "OF107",
                Message(
                    "`{name}` cannot have both `{first}` and `{second}`",
                    name=part.name,
                    first=first,
                    second=second,
                ),
                span,
                NOTHING,
                Message("keep one of them"),
            )
    if _by_event(part):
        return Trigger.EVENT
    return Trigger.AFTER if "after" in said else Trigger.AUTOMATIC


def _tell(part: Part, outline: Outline, scopes: Scopes, report: Report) -> dict[str, str]:
    told: dict[str, str] = {}
    for entry in part.entries("tell"):
        children = known_children(entry.key, outline, report)
        if children is None or not isinstance(entry.value, ScalarNode):
            continue
        child = scopes.outlines[outline.children[children].entity]
        where = Message("the `events` of `{name}`", name=child.name)
        event = report.known(Message("event"), entry.value, child.event_spans, where, child.lost_events)
        if event is None:
            continue
        told[children] = event
        required = [
            field
            for field in child.event_data[event].values()
            if not field.type.optional and field.default is None
        ]
        if required:
            names = ", ".join(f"`{field.name}`" for field in required)
            text = Message("`{event}` carries {names}, and `tell` sends no data", event=event, names=names)
            report.error(
                "OF102",
                text,
                entry.value.span,
                NOTHING,
                Message("make the data optional, or give it a default"),
            )
    return told
