"""`orderflow graph`: the states and transitions as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orderflow.cli.errors import WrongUseError, say
from orderflow.cli.options import examples, load_rules

if TYPE_CHECKING:
    from orderflow.model.definition import Definition


@click.command(
    "graph",
    epilog=examples(
        "graph shop --out shop.svg",
        "graph shop --entity order --format mermaid",
    ),
)
@click.argument("path", default=".")
@click.option("--entity", metavar="NAME", help="Only this entity; all of them by default.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["svg", "mermaid", "dot", "json"]),
    help="What to write; by the ending of --out, else svg.",
)
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False), help="Where to; stdout by default.")
def command(path: str, entity: str | None, format_: str | None, out: str | None) -> None:
    """Draw the states and transitions of the rule set in PATH.

    Mermaid holds one diagram a text: for several entities they come as blocks of a Markdown page.
    """
    definition = load_rules(path).definition
    if entity is not None and entity not in definition.entities:
        raise WrongUseError(_unknown(entity, definition))
    endings = {".mmd": "mermaid", ".md": "mermaid", ".dot": "dot", ".gv": "dot", ".json": "json"}
    text = _draw(definition, entity, format_ or endings.get(Path(out or "").suffix, "svg"))
    if out is None:
        click.echo(text, nl=False)
    else:
        Path(out).write_text(text, encoding="utf-8")
        say(f"wrote {out}")


def _draw(definition: "Definition", entity: str | None, format_: str) -> str:
    if format_ == "svg":
        from orderflow.reports import svg

        return svg.render(definition, entity)
    if format_ == "json":
        import json

        from orderflow.reports import chart_json

        return json.dumps(chart_json.to_dict(definition, entity), ensure_ascii=False, indent=2) + "\n"
    from orderflow.reports import dot, mermaid

    names = [entity] if entity is not None else list(definition.entities)
    if format_ == "dot":
        return "\n".join(dot.render(definition, name) for name in names)
    diagrams = [mermaid.render(definition, name) for name in names]
    if len(diagrams) == 1:
        return diagrams[0]
    return "\n".join(f"```mermaid\n{diagram}```\n" for diagram in diagrams)


def _unknown(entity: str, definition: "Definition") -> str:
    from orderflow.diagnostics import nearest

    meant = nearest(entity, definition.entities)
    known = ", ".join(f"`{name}`" for name in definition.entities)
    return f"no entity `{entity}`; " + (f"did you mean `{meant}`" if meant else f"known: {known}")
