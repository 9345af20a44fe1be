"""A chart as Mermaid's `stateDiagram-v2`, which many wikis and code hosts draw."""

import json
from collections.abc import Iterable

from orderflow.model.definition import Definition
from orderflow.reports.chart import Arrow, Box, Chart, chart

_WIDEST = 60  # characters of a label
# what ends a label, starts a comment or is taken for markup: written as Mermaid's own entity codes
_UNSAFE = frozenset("#;:\"'<>{}|`\\&%$~*^")


def render(definition: Definition, entity: str) -> str:
    """Return the diagram of one entity.

    Raises:
        KeyError: no such entity.
    """
    return diagram(chart(definition, definition.entities[entity]))


def diagram(drawn: Chart) -> str:
    """Return a chart as the text of a Mermaid diagram."""
    ids = {name: f"s{number}" if not _plain(name) else name for number, name in enumerate(drawn.boxes, 1)}
    # the head is YAML, of which JSON is a part; a title is shown as it stands
    lines = ["---", f"title: {json.dumps(drawn.title, ensure_ascii=False)}", "---"]
    lines += ["stateDiagram-v2", "  direction TB"]
    lines += _level(drawn, ids, None, 1)
    for arrow in drawn.arrows:
        lines += [
            f"  {ids[source]} --> {ids[arrow.target]} : {_arrow_label(arrow)}" for source in arrow.sources
        ]
    lines += [
        f"  {ids[box.name]} --> [*]" for box in drawn.boxes.values() if box.final and box.parent is None
    ]
    return "\n".join(lines) + "\n"


def label(text: str) -> str:
    """Return a text on one line, of bounded length, with every character escaped that Mermaid could act on.

    >>> label('a: "b"')
    'a#58; #34;b#34;'
    """
    line = " ".join(text.split())
    if len(line) > _WIDEST:
        line = line[: _WIDEST - 1].rstrip() + "…"
    return "".join(f"#{ord(char)};" if char in _UNSAFE else char for char in line if char.isprintable())


def _plain(name: str) -> bool:
    """Whether a name may stand as an identifier: ASCII, and no word of Mermaid's own."""
    reserved = {
        "state",
        "note",
        "end",
        "as",
        "direction",
        "class",
        "classdef",
        "style",
        "default",
        "title",
        "hide",
    }
    return name.isascii() and name.isidentifier() and name.lower() not in reserved


def _level(drawn: Chart, ids: dict[str, str], parent: str | None, depth: int) -> Iterable[str]:
    """Yield the states directly inside one, then where that level starts."""
    indent = "  " * depth
    inside = [box for box in drawn.boxes.values() if box.parent == parent]
    for box in inside:
        yield f'{indent}state "{_box_label(box)}" as {ids[box.name]}'
        if box.parts:
            yield f"{indent}state {ids[box.name]} {{"
            yield from _level(drawn, ids, box.name, depth + 1)
            yield f"{indent}}}"
    for box in inside:
        if box.start:
            yield f"{indent}[*] --> {ids[box.name]}"
        if box.final and parent is not None:
            yield f"{indent}{ids[box.name]} --> [*]"


def _box_label(box: Box) -> str:
    return label(box.label if box.label == box.name else f"{box.label} ({box.name})")


def _arrow_label(arrow: Arrow) -> str:
    return label(f"{arrow.title} / {arrow.detail}" if arrow.detail else arrow.title)
