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
    before = len(report.found)
    table: dict[str, State] = {}
    lost: set[str] = set(entity.lost_names("states"))
    faulty: set[str] = set()
    leaves = _level(entity, None, children, table, lost, faulty, report)
    spans = {name: state.span for name, state in table.items()}
    first = _first(table) or next(iter(leaves), "")
    states = States(FrozenDict(table), spans, first, (), frozenset(lost), sure=not lost)
    path = _path(entity, states, report)
    return replace(states, path=path, sure=not lost and not faulty and len(report.found) == before)


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
        check_name("state", part.key, report)
        name = part.name
        if name in table:
            label = Label(table[name].span, "first here")
            report.error(
                "OF105",
                f"state `{name}` is defined twice in this entity",
                part.span,
                "again here",
                "rename one",
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
                    f"`{name}` holds states, so it cannot be final itself",
                    span,
                    "",
                    "mark states inside it",
                )
    _one_initial(holder, parent, parts, initial, report)
    return tuple(leaves)


def _one_initial(
    holder: Part, parent: str | None, parts: tuple[Part, ...], initial: list[Part], report: Report
) -> None:
    complete = not holder.lost_names("states") and all(part.intact for part in parts)
    where = f"inside `{parent}`" if parent else f"of `{holder.name}`"
    if not initial and complete and parts:
        fix = f"add `initial: true` to the state in which a record begins, such as `{parts[0].name}`"
        report.error("OF107", f"no state {where} is the initial one", holder.span, "nothing begins here", fix)
    for other in initial[1:]:
        label = Label(initial[0].span, "the first one")
        entry = other.node.entry("initial")
        span = entry.key.span if entry else other.span
        report.error(
            "OF107",
            f"two states {where} are initial",
            span,
            "a second one",
            "keep one `initial: true`",
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
        fix: Fix | str = "write `least(CHILDREN)`, such as `least(shipments)`"
        word = node.value.partition("(")[0].strip()
        if _LEAST.fullmatch(node.value.replace(word, "least", 1)) and nearest(word, ("least",)):
            fix = replace_scalar(node, node.value.replace(word, "least", 1))
        report.error("OF102", f"`shows` cannot be `{node.value}`", node.span, "", fix)
        return None
    span = locate(node, match.start(1), match.end(1))
    return report.known(
        "kind of children", ScalarNode(match[1], "plain", span, match[1]), children, "`children`"
    )


def _path(entity: Part, states: States, report: Report) -> tuple[str, ...]:
    path: dict[str, None] = {}
    for node in entity.scalars("path"):
        name = report.known("state", node, states.names, lost=states.lost)
        state = None if name is None else states.table[name]
        if state is None or name is None:
            continue
        if state.leaves != (name,):
            inner = ", ".join(f"`{leaf}`" for leaf in state.leaves)
            fix = Fix(f"name the states inside it: {inner}")
            report.error("OF107", f"`path` lists leaf states; `{name}` holds others", node.span, "", fix)
        elif name in path:
            report.error(
                "OF105", f"`{name}` stands twice in `path`", node.span, "again here", "remove one of them"
            )
        else:
            path[name] = None
    return tuple(path)
