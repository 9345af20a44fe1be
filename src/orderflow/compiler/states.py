"""The tree of an entity's states, flattened into one table by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.scalar import locate
from orderflow.diagnostics import Fix, Label, Span, nearest
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.definition import State
from orderflow.model.frozen import FrozenDict

_LEAST = re.compile(r"\s*least\s*\(\s*([^\s()]+)\s*\)\s*")


@dataclass(frozen=True, slots=True)
class States:
    """Every state by name, where each is declared, the leaf where records begin, the leaves in order of progress.

    `sure` is False when faults leave some of it open, so that no finding should be built on it.
    """

    table: Mapping[str, State]
    names: Mapping[str, Span]
    initial: str
    path: tuple[str, ...]
    lost: frozenset[str]
    sure: bool


def declare_states(entity: Part, children: Mapping[str, Span], report: Report) -> States:
    """The states of an entity and its `path`.

    Args:
        entity: the entity's document.
        children: where each kind of children is declared.
        report: where the findings go.
    """
    before = report.errors
    table: dict[str, State] = {}
    lost: set[str] = set(entity.lost_names("states"))
    faulty: set[str] = set()
    leaves = _level(entity, None, children, table, lost, faulty, report)
    spans = {name: state.span for name, state in table.items()}
    first = _first(table) or next(iter(leaves), "")
    states = States(FrozenDict(table), spans, first, (), frozenset(lost), sure=not lost)
    path = _path(entity, states, report)
    return replace(states, path=path, sure=not lost and not faulty and report.errors == before)


def _first(table: Mapping[str, State]) -> str | None:
    """The leaf in which a record begins: through initial states down to one without states inside."""
    inside = {state.parent: state for state in reversed(list(table.values())) if state.initial}
    found = inside.get(None)
    while found is not None and found.name in inside:
        found = inside[found.name]
    return found.name if found is not None and found.leaves == (found.name,) else None


def _level(
    holder: Part,
    parent: str | None,
    children: Mapping[str, Span],
    table: dict[str, State],
    lost: set[str],
    faulty: set[str],
    report: Report,
) -> tuple[str, ...]:
    """Add the states of one level and those inside them; return the leaves among them."""
    initial: list[Part] = []
    leaves: list[str] = []
    parts = holder.parts("states")
    for part in parts:
        check_name(Message("state"), part.key, report)
        name = part.name
        if name in table:
            label = Label(table[name].span, Message("first here"))
            report.error(
                "OF105",
                Message("state `{name}` is defined twice in this entity", name=name),
                part.span,
                Message("again here"),
                Message("rename one"),
                (label,),
            )
            continue
        table[name] = _state(part, parent, children, report)
        if not part.intact:
            faulty.add(name)
        if part.flag("initial"):
            initial.append(part)
        if part.node.get("states") is None:
            leaves.append(name)
        else:
            lost |= part.lost_names("states")
            inside = _level(part, name, children, table, lost, faulty, report)
            leaves += inside
            table[name] = replace(table[name], leaves=inside)
            if part.flag("final"):
                entry = part.node.entry("final")
                span = entry.key.span if entry else part.span
                report.error(
                    "OF107",
                    Message("`{name}` holds states, so it cannot be final itself", name=name),
                    span,
                    NOTHING,
                    Message("mark states inside it"),
                )
    _one_initial(holder, parent, parts, initial, report)
    return tuple(leaves)


def _one_initial(
    holder: Part, parent: str | None, parts: tuple[Part, ...], initial: list[Part], report: Report
) -> None:
    complete = not holder.lost_names("states") and all(part.intact for part in parts)
    where = (
        Message("inside `{parent}`", parent=parent) if parent else Message("of `{name}`", name=holder.name)
    )
    if not initial and complete and parts:
        fix = Message(
            "add `initial: true` to the state in which a record begins, such as `{name}`", name=parts[0].name
        )
        report.error(
            "OF107",
            Message("no state {where} is the initial one", where=where),
            holder.span,
            Message("nothing begins here"),
            fix,
        )
    for other in initial[1:]:
        label = Label(initial[0].span, Message("the first one"))
        entry = other.node.entry("initial")
        span = entry.key.span if entry else other.span
        report.error(
            "OF107",
            Message("two states {where} are initial", where=where),
            span,
            Message("a second one"),
            Message("keep one `initial: true`"),
            (label,),
        )


def _state(part: Part, parent: str | None, children: Mapping[str, Span], report: Report) -> State:
    return State(
        name=part.name,
        label=part.text("label") or part.name,
        parent=parent,
        leaves=(part.name,) if part.node.get("states") is None else (),
        initial=part.flag("initial"),
        final=part.flag("final") and part.node.get("states") is None,
        on_entry=tuple(name_of(node) for node in part.scalars("on_entry")),
        on_exit=tuple(name_of(node) for node in part.scalars("on_exit")),
        known_as=FrozenDict(
            {
                entry.name: entry.value.value
                for entry in part.entries("known_as")
                if isinstance(entry.value, ScalarNode)
            }
        ),
        shows=_shows(part, children, report),
        span=part.span,
    )


def _shows(part: Part, children: Mapping[str, Span], report: Report) -> str | None:
    node = part.scalar("shows")
    if node is None:
        return None
    match = _LEAST.fullmatch(node.value)
    if match is None:
        fix: Fix | Message = Message("write `least(CHILDREN)`, such as `least(shipments)`")
        word = node.value.partition("(")[0].strip()
        if _LEAST.fullmatch(node.value.replace(word, "least", 1)) and nearest(word, ("least",)):
            fix = replace_scalar(node, node.value.replace(word, "least", 1))
        report.error(
            "OF102", Message("`shows` cannot be `{value}`", value=node.value), node.span, NOTHING, fix
        )
        return None
    span = locate(node, match.start(1), match.end(1))
    return report.known(
        Message("kind of children"),
        ScalarNode(match[1], "plain", span, match[1]),
        children,
        Message("`children`"),
    )


def _path(entity: Part, states: States, report: Report) -> tuple[str, ...]:
    path: dict[str, None] = {}
    for node in entity.scalars("path"):
        name = report.known(Message("state"), node, states.names, lost=states.lost)
        state = None if name is None else states.table[name]
        if state is None or name is None:
            continue
        if state.leaves != (name,):
            inner = ", ".join(f"`{leaf}`" for leaf in state.leaves)
            fix = Fix(Message("name the states inside it: {inner}", inner=inner))
            report.error(
                "OF107",
                Message("`path` lists leaf states; `{name}` holds others", name=name),
                node.span,
                NOTHING,
                fix,
            )
        elif name in path:
            report.error(
                "OF105",
                Message("`{name}` stands twice in `path`", name=name),
                node.span,
                Message("again here"),
                Message("remove one of them"),
            )
        else:
            path[name] = None
    return tuple(path)
