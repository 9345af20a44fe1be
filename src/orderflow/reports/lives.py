"""The page's charts: what the records of each entity went through; and one record's whole story."""

from orderflow.model.definition import Definition
from orderflow.reports import svg
from orderflow.reports.chart import chart
from orderflow.reports.layout import layout
from orderflow.reports.parts import section, table, whole
from orderflow.reports.svg import clean
from orderflow.service.accounts import LifeLine, Story
from orderflow.service.report import RunReport


def lives(report: RunReport, definition: Definition) -> str:
    """Return the chart of each entity: the first one and its children open, the others folded."""
    told = {life.entity: life for life in report.lives}
    first = report.lives[0].entity if report.lives else ""
    near = {first, *(name for name, life in told.items() if life.parent == first)}
    drawn = []
    names = [*told, *(name for name in definition.entities if name not in told)]
    for name in names:
        entity = definition.entities[name]
        life = told.get(name)
        picture = svg.document([layout(chart(definition, entity, life))], styled=False)
        count = f": {life.records:,}" if life is not None else ""
        title = entity.label if entity.label == name else f"{entity.label} ({name})"
        opened = " open" if name in near or not told else ""
        drawn.append(
            f"<details{opened}><summary>{clean(title + count)}</summary>"
            f'<div class="wide">{picture}</div>{_states(life)}</details>'
        )
    note = (
        "a number in a box: so many stand there now; a number at an arrow: so many took that way, the broader the more"
        if told
        else ""
    )
    return section("Where they stand, and which way they came" if told else "The rules", "".join(drawn), note)


def _states(life: LifeLine | None) -> str:
    """The numbers of a chart as a line of text, for those who do not look at pictures."""
    if life is None or not any(state.count for state in life.states):
        return ""
    said = ", ".join(f"{state.label} {state.count:,}" for state in life.states if state.count)
    return f'<p class="hint">{clean(said)}</p>'


def story(found: Story | None) -> str:
    """Return one record's whole story."""
    if found is None:
        return ""
    waited = "".join(f"<li>{clean(text)}</li>" for text in found.waited)
    rows = [
        (
            f"{entry.at:%m-%d %H:%M:%S}",
            clean(entry.what),
            "".join(_detail(detail) for detail in entry.details),
        )
        for entry in found.entries
    ]
    now = "\n".join(found.now)
    return section(
        f"The story of {found.label} {found.record}",
        (f"<ul>{waited}</ul>" if waited else "")
        + f"<details open><summary>{whole(len(found.entries))} entries in its journal</summary>"
        + table(("when", "what happened", "what came of it"), rows, stacked=True)
        + "</details>"
        + f'<h3>Where it stands now</h3><pre class="now">{clean(now)}</pre>',
        f"It {found.why}." if found.why else "",
    )


def _detail(text: str) -> str:
    """A line of what came of an event; one that belongs to the line above stands further in."""
    further = ' class="further"' if text.startswith(" ") else ""
    return f"<div{further}>{clean(text.strip())}</div>"
