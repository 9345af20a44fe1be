import os
import subprocess
import sys

import pytest

from orderflow import __version__
from orderflow.cli.main import COMMANDS, cli


def test_the_version_is_printed(run):
    assert (run("--version").code, run("--version").out) == (0, f"orderflow {__version__}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(run, name):
    found = run(name, "--help")
    assert found.code == 0
    assert f"Usage: orderflow {name}" in found.out


def test_the_help_line_of_each_command_is_there(run):
    found = run("--help")
    assert all(text in found.out for text in COMMANDS.values())


def test_a_misspelled_command_is_answered_with_the_nearest(run):
    found = run("chekc")
    assert found.code == 2
    assert "no command `chekc`; did you mean `check`" in found.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("check", "nowhere"), 3, "there is no folder `nowhere`"),
        (("run", "nowhere", "--orders", "none.csv"), 3, "there is no file `none.csv`"),
        (("run", "nowhere"), 2, "error: missing option `--orders`; see `orderflow run --help`"),
        (("check", ""), 3, "a folder without a name"),
        (("init", ""), 2, "a folder without a name"),
        (("check", "--no\x1b[31m"), 2, "error: no such option"),  # the rest is click's, safe to show
        (("explain", "1"), 2, "which storage?"),
        (("explain", "1", "--db", "memory:"), 2, "`memory:` keeps nothing"),
        (("explain", "1", "--db", "sqlite:///o.db"), 2, "which rules?"),
        (("rule", "OF999"), 2, "no code `OF999`"),
        (("check", "--format", "xml"), 2, "`xml` is not one of `text`, `concise`, `json`"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_with_its_code(run, arguments, code, words):
    found = run(*arguments)
    assert found.code == code
    assert words in found.err
    assert found.out == ""
    assert "Traceback" not in found.err
    assert "\x1b" not in found.err


def test_a_fault_of_orderflow_itself_is_told_without_a_traceback_unless_asked(run, minimal, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("orderflow.checks.check_folder", broken)
    found = run("check", minimal)
    assert found.code == 4
    assert "this is a fault of orderflow" in found.err
    assert "Traceback" not in found.err
    assert "\x1b" not in found.err
    assert "Traceback" in run("--debug", "check", minimal).err


def test_nothing_heavy_is_loaded_for_the_version():
    script = (
        "import sys\nfrom orderflow.cli.main import cli\n"
        "try:\n    cli.main(['--version'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('yaml', 'pydantic', 'networkx', 'jsonschema', 'rich', 'simpleeval', 'sqlite3')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_output_is_utf_8_under_a_plain_locale(minimal):
    (minimal / "order.yaml").write_text(
        (minimal / "order.yaml").read_text(encoding="utf-8").replace("label: Paid\n", "label: 已支付\n"),
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "orderflow", "graph", str(minimal), "--format", "mermaid"],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PATH": ""},
    )
    assert "已支付" in done.stdout.decode("utf-8")


def test_each_command_listed_can_be_loaded():
    context = cli.make_context("orderflow", ["check"])
    assert all(cli.get_command(context, name) is not None for name in cli.list_commands(context))
    assert cli.get_command(context, "os") is None


@pytest.mark.parametrize(
    "arguments", [("check", "rules", "--format", "json"), ("graph", "rules"), ("--help",)]
)
def test_a_reader_that_has_gone_is_no_finding(minimal, arguments):
    # as in `orderflow ... | head -1`: exit code 141, what a shell gives a program that its reader left
    program = "from orderflow.cli.main import main; main()"
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], stdout=gone, stderr=subprocess.PIPE
        )
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_help_page_has_examples(run, name):
    lines = run(name, "--help").out.split("Examples:\n")[1].splitlines()
    assert lines
    assert all(line.strip().startswith(f"orderflow {name} ") for line in lines)
