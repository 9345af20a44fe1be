"""`orderflow rule`: what a code of `check` means."""

import sys

import click

from orderflow.cli.errors import WrongUseError, colourful
from orderflow.cli.options import examples, format_option, lang_option
from orderflow.cli.output import write_json


@click.command("rule", epilog=examples("rule OF101"))
@click.argument("code")
@format_option
@lang_option
def command(code: str, format_: str, lang: str) -> None:
    """Explain CODE, such as OF101: what it means, why it hurts an order, how to repair it."""
    from orderflow.diagnostics import codes, page
    from orderflow.diagnostics.translation import translator

    code = f"OF{code}" if code.isdigit() else code
    try:
        text = page(code, translator(lang))
    except KeyError:
        raise WrongUseError(f"no code `{code}`; there are {', '.join(codes())}") from None
    if format_ == "json":
        write_json({"version": 1, "code": code.strip().upper(), "page": text})
    elif colourful(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text, nl=not text.endswith("\n"))
