"""What holds for every module: size, docstring, layers, and an import that stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import orderflow

SOURCES = sorted((Path(__file__).resolve().parents[1] / "src").rglob("*.py"))
LONGEST = 400
HEAVY = ["click", "jsonschema", "networkx", "pydantic", "rich", "simpleeval", "sqlite3", "yaml"]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_there_are_sources() -> None:
    assert len(SOURCES) > 3


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST, "one idea a file: divide it"
    assert ast.get_docstring(ast.parse(text)), "it lacks a docstring"


def test_imports_keep_to_the_layers(root: Path) -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = run("-c", program, "--no-cache", cwd=root)
    assert result.returncode == 0, result.stdout + result.stderr


def test_importing_orderflow_loads_nothing_heavy(root: Path) -> None:
    result = run("-c", "import sys, orderflow; print(*sys.modules)", cwd=root)
    assert result.returncode == 0, result.stderr
    loaded = set(result.stdout.split())
    assert "orderflow" in loaded
    assert loaded.isdisjoint(HEAVY), sorted(loaded.intersection(HEAVY))


@pytest.mark.parametrize("name", orderflow.__all__)
def test_a_public_name_can_be_used(name: str) -> None:
    assert getattr(orderflow, name) is not None
    assert name in dir(orderflow)


def test_every_lazy_name_is_public() -> None:
    assert sorted(orderflow.__all__) == sorted([*orderflow._HOMES, "__version__"])


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no public name `shiped`"):
        orderflow.shiped  # type: ignore[attr-defined]  # noqa: B018
