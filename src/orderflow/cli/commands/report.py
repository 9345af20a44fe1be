"""`orderflow report`: what a storage holds, as a manager reads it, without playing anything."""

import click

from orderflow.cli.commands.run import see_that_it_can_be_written, write_report
from orderflow.cli.options import db_option, examples, format_option, now_option, stored
from orderflow.cli.output import write_json


@click.command(
    "report",
    epilog=examples(
        "report shop --db sqlite:///shop.db --now last --out report.html",
        "report shop --db sqlite:///shop.db --now last --story 1002",
    ),
)
@click.argument("rules")
@db_option
@now_option
@click.option("--story", metavar="ID", help="Tell this record's whole story.")
@click.option("--out", metavar="FILE", help="Also write a self-contained HTML report.")
@format_option
def command(
    rules: str, db: str | None, now: str | None, story: str | None, out: str | None, format_: str
) -> None:
    """Report on what is stored under the rule set in RULES: what went wrong, where, and who has it now.

    Nothing is played and nothing changes: timers that are due by now do not fire.
    """
    from orderflow.service.run import few_collections
    from orderflow.service.summary import summarise

    if out is not None:
        see_that_it_can_be_written(out)
    with stored(rules, db, now) as engine:
        with few_collections():
            found = summarise(engine, story=story)
        if format_ == "json":
            write_json(found.to_dict())
        else:
            from orderflow.cli.summary import print_summary

            print_summary(found, story=story is not None)
        if out is not None:
            write_report(out, found, engine.ruleset.definition, format_)
