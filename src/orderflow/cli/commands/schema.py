"""`orderflow schema`: the JSON Schema of rule files."""

import json
from pathlib import Path

import click

from orderflow.cli.errors import say
from orderflow.cli.options import examples


@click.command("schema", epilog=examples("schema --out orderflow.schema.json"))
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False), help="Where to; stdout by default.")
@click.option("--format", "format_", type=click.Choice(["json"]), default="json", help="JSON, as everywhere.")
def command(out: str | None, format_: str) -> None:
    """Print the JSON Schema of rule files, for completion and checks while typing in an editor."""
    from orderflow.compiler.schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        Path(out).write_text(text, encoding="utf-8")
        say(f"wrote {out}")
