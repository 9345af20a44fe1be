"""`orderflow init`: a small rule set to begin with."""

from importlib.resources import files
from pathlib import Path

import click

from orderflow.cli.errors import WrongUseError
from orderflow.cli.options import examples, format_option
from orderflow.cli.output import line, write_json

TEMPLATES = ("minimal", "shop")


@click.command("init", epilog=examples("init shop", "init parcels --template shop"))
@click.argument("directory", metavar="DIR")
@click.option(
    "--template",
    type=click.Choice(TEMPLATES),
    default="minimal",
    show_default=True,
    help="minimal: one file a part; shop: parcels, stock, timers, messages, queues and metrics too.",
)
@format_option
def command(directory: str, template: str, format_: str) -> None:
    """Start a commented rule set with scenarios in DIR. Nothing that is there is overwritten."""
    if not directory:
        raise WrongUseError("a folder without a name; `.` is the folder you are in")
    target = Path(directory)
    source = files("orderflow.cli") / "templates" / template
    texts = {item.name: item.read_text(encoding="utf-8") for item in source.iterdir() if item.is_file()}
    if target.exists() and not target.is_dir():
        raise WrongUseError(f"`{directory}` is a file; name a folder")
    there = sorted(name for name in texts if (target / name).exists())
    there = there or sorted(path.name for path in target.glob("*.yaml"))
    if there:
        names = ", ".join(f"`{name}`" for name in there)
        raise WrongUseError(f"`{directory}` already holds {names}; name another folder")
    target.mkdir(parents=True, exist_ok=True)
    for name, text in sorted(texts.items()):
        (target / name).write_text(text, encoding="utf-8")
    if format_ == "json":
        created = [(target / name).as_posix() for name in sorted(texts)]
        write_json({"version": 1, "template": template, "created": created})
        return
    for name in sorted(texts):
        line(f"wrote {(target / name).as_posix()}")
    line()
    line("next:")
    line(f"  orderflow check {directory}")
    line(f"  orderflow test {directory}")
    line(f"  orderflow graph {directory} --out {target.name or 'rules'}.svg")
    orders = next(name for name in texts if name.startswith("orders."))
    line(f"  orderflow run {directory} --orders {(target / orders).as_posix()}")
