"""docs/coverage.md names rules, scenarios and sections of the report: each exists, in the file that is linked."""

import html
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.docs.pages import ROOT

from orderflow.bootstrap import compile as read_rules
from orderflow.bootstrap import load
from orderflow.compiler.load import Compiled
from orderflow.diagnostics import Span
from orderflow.model.definition import Definition
from orderflow.reports.html import render
from orderflow.service.memory import MemoryStorage
from orderflow.service.run import Job, run

PAGE = ROOT / "docs" / "coverage.md"
#: What the page must speak of.
COVERED = [f"S{number}" for number in (*range(1, 7), *range(9, 13), *range(14, 18), 20, 24)]
_LINK = re.compile(r"\[[^\]]+\]\(\.\./([^)]+)\)((?:(?!\[)[^\n])*)")


@dataclass(frozen=True, slots=True)
class Row:
    """A section of the page: rules as (file, name), scenarios as (file, name), headings of the report."""

    id: str
    rules: tuple[tuple[str, str], ...]
    scenarios: tuple[tuple[str, str], ...]
    report: tuple[str, ...]


def rows() -> list[Row]:
    text = PAGE.read_text(encoding="utf-8")
    found = []
    for head, body in re.findall(r"^## (S\d+): [^\n]+\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        lines = dict(re.findall(r"^\* (Rules|Scenarios|Report): (.*)$", body, re.MULTILINE))
        found.append(
            Row(
                head,
                tuple(
                    (file, name)
                    for file, after in _LINK.findall(lines["Rules"])
                    for name in re.findall(r"`([^`]+)`", after)
                ),
                tuple(
                    (file, name)
                    for file, after in _LINK.findall(lines["Scenarios"])
                    for name in re.findall(r'"([^"]+)"', after)
                ),
                tuple(re.findall(r'"([^"]+)"', lines["Report"])),
            )
        )
    return found


ROWS = rows()


@pytest.fixture(scope="module")
def rule_sets() -> dict[str, Compiled]:
    """The rule sets by folder; what stands in them is where the page links to."""
    names = {Path(file).parent.as_posix() for row in ROWS for file, _ in (*row.rules, *row.scenarios)}
    return {name: read_rules(ROOT / name) for name in names}


@pytest.fixture(scope="module")
def headings() -> set[str]:
    """The headings of the report of a small run."""
    rules = load(ROOT / "rules" / "wenzhou")
    report = run(rules, MemoryStorage(), Job(ROOT / "examples" / "day.jsonl"))
    assert report.rejected == ()
    page = render(report, rules.definition)
    return {html.unescape(name) for name in re.findall(r"<h2[^>]*>(.*?)</h2>", page)}


def place_of(rules: Definition, name: str) -> Span:
    """Where the item that a name such as `order.states.paid` or `tables.carrier` means is declared."""
    first, *rest = name.split(".")
    if first == "actions":  # they are kept by the entity that does them, too
        return next(action.span for action in rules.actions.values() if action.name == rest[0])
    entity = rules.entities.get(first)
    kind, item = rest if entity is not None else (first, *rest)
    found = getattr(rules if entity is None else entity, kind)[item]
    assert isinstance(found.span, Span)
    return found.span


def test_everything_is_covered() -> None:
    assert [row.id for row in ROWS] == COVERED
    assert all(row.rules and row.scenarios and row.report for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_rules_exist(row: Row, rule_sets: dict[str, Compiled]) -> None:
    for file, name in row.rules:
        rules = rule_sets[Path(file).parent.as_posix()].definition
        assert rules is not None
        place = place_of(rules, name).file
        assert Path(place).resolve() == ROOT / file, f"{name} stands in {place}"


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_scenarios_exist(row: Row, rule_sets: dict[str, Compiled]) -> None:
    for file, name in row.scenarios:
        known = {
            (Path(item.file).resolve(), item.name)
            for item in rule_sets[Path(file).parent.as_posix()].scenarios
        }
        assert (ROOT / file, name) in known


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_the_report_shows_it(row: Row, headings: set[str]) -> None:
    for name in row.report:
        wanted = re.escape(name).replace("…", ".+")
        assert any(re.fullmatch(wanted, heading) for heading in headings), f"{name} is not in {headings}"
