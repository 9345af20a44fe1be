"""The command `orderflow`: finds the command that is meant and loads only that."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from orderflow._version import __version__

#: Exit codes of a shell for what a signal ended: Ctrl-C, and a reader of the output that has gone.
STOPPED, UNREAD = 130, 141

#: Command and its line in the help, in the order in which a newcomer meets them; the module has the same name.
COMMANDS = {
    "init": "Start a rule set in an empty folder.",
    "check": "Find every problem of a rule set at once.",
    "test": "Run the scenarios beside the rules.",
    "graph": "Draw the states and transitions.",
    "run": "Run a file of orders through the rules.",
    "report": "Report on what is stored.",
    "explain": "Say what a record waits for.",
    "history": "Show what happened to a record, and why.",
    "queue": "Show the exception queues.",
    "handover": "Give a record of a queue to somebody.",
    "schema": "Print the JSON Schema of rule files, for editors.",
    "rule": "Explain a code of `check`.",
}


class _ReaderGoneError(Exception):
    """Whoever read our output has gone, as `head` goes."""


@contextmanager
def _told_from_findings() -> Iterator[None]:
    # click would leave with 1, which means findings here
    try:
        yield
    except BrokenPipeError as error:
        raise _ReaderGoneError from error


class Commands(click.Group):
    """A group that imports the module of a command when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"orderflow.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelled one is answered with the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from orderflow.diagnostics.nearest import nearest

            meant = nearest(args[0], COMMANDS)
            hint = f"; did you mean `{meant}`" if meant else ""
            raise click.UsageError(f"no command `{args[0]}`{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and leave with its exit code; failures are told in words."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(words, prog_name or "orderflow", complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            from orderflow.cli.errors import misused

            code = misused(error)
        except (click.Abort, KeyboardInterrupt):
            sys.stderr.write("stopped\n")
            code = STOPPED
        except _ReaderGoneError:
            # what is left in the buffer would fail once more when Python ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = UNREAD
        except Exception as error:
            from orderflow.cli.errors import report

            code = report(error, debug="--debug" in words)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is meant, until all it says is written."""
        with _told_from_findings():
            result = super().invoke(ctx)
            sys.stdout.flush()  # so that a full disk or a reader that has gone is met here
        return result

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options; `--help` and `--version` print here."""
        with _told_from_findings():
            return super().make_context(*args, **extra)


@click.group(
    "orderflow",
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="orderflow", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show a traceback when orderflow itself fails.")
def cli(debug: bool) -> None:
    """Run an online shop's orders by checked, explained rules kept in YAML.

    Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 no input, 4 orderflow itself failed.
    """


def main() -> None:
    """Run the command line; the output is UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    cli.main()
