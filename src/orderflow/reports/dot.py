"""A chart in Graphviz's DOT language."""

from orderflow.model.definition import Definition
from orderflow.reports.chart import Box, Chart, chart

_COLOURS = {"event": "#2563c9", "automatic": "#12805c", "after": "#b45f06"}


def render(definition: Definition, entity: str) -> str:
    """Return the graph of one entity; compound states are clusters.

    Raises:
        KeyError: no such entity.
    """
    return graph(chart(definition, definition.entities[entity]))


def graph(drawn: Chart) -> str:
    """Return a chart as the text of a DOT graph."""
    lines = [
        f"digraph {quoted(drawn.entity)} {{",
        f"  graph [label={quoted(drawn.title)}, labelloc=t, compound=true, rankdir=TB, fontname=sans]",
        "  node [shape=box, style=rounded, fontname=sans]",
        "  edge [fontname=sans, fontsize=10]",
        *_level(drawn, None, 1),
    ]
    for arrow in drawn.arrows:
        text = "\n".join(part for part in (arrow.title, arrow.detail) if part)
        for source in arrow.sources:
            ends = {"ltail": source, "lhead": arrow.target}
            clusters = "".join(
                f", {key}={quoted('cluster_' + name)}"
                for key, name in ends.items()
                if drawn.boxes[name].parts
            )
            tail, head = drawn.leaves(source)[0], drawn.leaves(arrow.target)[0]
            lines.append(
                f"  {quoted(tail)} -> {quoted(head)} "
                f"[label={quoted(text)}, color={quoted(_COLOURS[arrow.kind])}{clusters}]"
            )
    lines.append("}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    r"""Return a text as a quoted DOT string.

    >>> quoted('a "b"')
    '"a \\"b\\""'
    """
    inner = "".join(char for char in text if char.isprintable() or char == "\n")
    return '"' + inner.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _level(drawn: Chart, parent: str | None, depth: int) -> list[str]:
    indent, lines = "  " * depth, []
    for box in drawn.boxes.values():
        if box.parent != parent:
            continue
        if box.parts:
            lines.append(f"{indent}subgraph {quoted('cluster_' + box.name)} {{")
            lines.append(f"{indent}  label={quoted(_label(box))}; style=rounded")
            lines += _level(drawn, box.name, depth + 1)
            lines.append(f"{indent}}}")
        else:
            marks = (", peripheries=2" if box.final else "") + (", penwidth=2" if box.start else "")
            lines.append(f"{indent}{quoted(box.name)} [label={quoted(_label(box))}{marks}]")
    return lines


def _label(box: Box) -> str:
    return box.label if box.label == box.name else f"{box.label}\n{box.name}"
