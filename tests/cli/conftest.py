"""Runs the command line in this process, over small rule sets that `init` writes."""

import json
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from orderflow.cli.main import cli


@dataclass
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("ORDERFLOW_RULES", "ORDERFLOW_DB", "ORDERFLOW_LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments):
        result = CliRunner().invoke(cli, [str(one) for one in arguments])
        return Ran(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def minimal(run, tmp_path):
    """The folder of the minimal template."""
    assert run("init", "rules").code == 0
    return tmp_path / "rules"


@pytest.fixture
def shop(run, tmp_path):
    """The folder of the shop template, and a database in which its orders were run."""
    assert run("init", "rules", "--template", "shop").code == 0
    assert run("run", "rules", "--orders", "rules/orders.jsonl", "--db", "sqlite:///o.db").code == 0
    return ("--rules", "rules", "--db", "sqlite:///o.db")
