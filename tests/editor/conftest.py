"""An editor with yaml-language-server, installed once into a cache folder of the project."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.editor.client import Editor

PACKAGE = Path(__file__).with_name("package.json")


def _server() -> Path:
    """The server's program, of the version that package.json names."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js and npm are missing")
    wanted: dict[str, str] = json.loads(PACKAGE.read_text(encoding="utf-8"))["dependencies"]
    ((name, version),) = wanted.items()
    home = ROOT / ".cache" / f"{name}-{version}"
    if not home.is_dir():
        home.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as made:
            shutil.copy(PACKAGE, made)
            command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            done = subprocess.run(command, cwd=made, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
            if not home.is_dir():  # nobody else was faster
                os.replace(made, home)
                Path(made).mkdir()
    return home / "node_modules" / name / "bin" / name


@pytest.fixture(scope="session")
def server() -> Path:
    """The program of yaml-language-server."""
    return _server()


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema, as `orderflow schema --out` writes it."""
    from click.testing import CliRunner

    from orderflow.cli.main import cli

    path = tmp_path_factory.mktemp("schema") / "orderflow.schema.json"
    done = CliRunner().invoke(cli, ["schema", "--out", str(path)])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture(scope="session")
def editor(server: Path, schema: Path) -> Iterator[Editor]:
    """An editor that is told of the schema in its settings."""
    made = Editor(server, schema)
    yield made
    made.close()
