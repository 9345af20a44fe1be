"""What the pages say of the code is so, links lead somewhere, and the project speaks of itself alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.docs import generated
from tests.docs.generated import SCOPE, code
from tests.docs.pages import ROOT, blocks, pages

from orderflow.compiler.documents import entity, policies, ruleset, sections, standing
from orderflow.compiler.documents import tests as scenarios
from orderflow.compiler.documents.base import TYPE_NAMES, Document
from orderflow.compiler.expectations import REFUSALS
from orderflow.expr.check import analyse
from orderflow.expr.fault import Fault
from orderflow.expr.patterns.matcher import Pattern, check_pattern
from orderflow.expr.tree import Expression
from orderflow.service.report import RuleSetLine, RunReport

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
#: Written in halves, so that this file does not mention them itself.
FORBIDDEN = (
    "/wo" + "rk/",
    "/tmp/" + "brief",
    "issues " + "show",
    "Cla" + "ude",
    "Anthr" + "opic",
    "design" + ".md",
)
TEXTS = {".py", ".md", ".yaml", ".toml", ".csv", ".jsonl", ".txt", ".cfg", ".json", ""}
FOLDERS = ("src", "tests", "docs", "examples", "rules", "benchmarks", ".ci")


def test_codes_are_in_step() -> None:
    assert (ROOT / "docs" / "codes.md").read_text(encoding="utf-8") == generated.code_pages(), (
        "run tests/docs/write.py"
    )


def test_functions_are_in_step() -> None:
    text = (ROOT / "docs" / "expressions.md").read_text(encoding="utf-8")
    assert text == generated.with_functions(text), "run tests/docs/write.py"


# ---- expressions ----------------------------------------------------------------------------------------------------


def rows(heading: str) -> Iterator[list[str]]:
    """The rows of the table under a heading of docs/expressions.md; code in backticks stands bare."""
    text = (ROOT / "docs" / "expressions.md").read_text(encoding="utf-8")
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    for line in part.splitlines()[1:]:
        if line.startswith("| `"):
            cells = re.split(r"(?<!\\) \| ", line.strip().removeprefix("| ").removesuffix(" |"))
            yield [cell.strip().replace("\\|", "|") for cell in cells]


MISTAKES = list(rows("What does not pass, and the repair"))


@pytest.mark.parametrize("row", MISTAKES, ids=[row[0] for row in MISTAKES])
def test_mistakes_and_repairs(row: list[str]) -> None:
    """Each says what the page says that it says, and its repair passes."""
    wrong, said, repair = row
    faults = analyse(code(wrong), SCOPE)
    assert isinstance(faults, list), "it passes"
    assert said in [f"{fault.code}: {fault.message}" for fault in faults]
    assert isinstance(analyse(code(repair), SCOPE), Expression)


NUMBERS = list(rows("Numbers"))


@pytest.mark.parametrize("row", NUMBERS, ids=[row[0] for row in NUMBERS])
def test_number_table(row: list[str]) -> None:
    """Each operation gives the kind that the table names."""
    found = analyse(code(row[0]), SCOPE)
    assert isinstance(found, Expression)
    assert row[1].startswith(found.type.kind.value)
    places = re.search(r"(\d) places", row[1])
    if places is not None:
        assert found.type.places == int(places[1])


PATTERNS = [row for row in rows("Texts and patterns") if len(row) == 3]


@pytest.mark.parametrize("row", PATTERNS, ids=[row[0] for row in PATTERNS])
def test_patterns_and_repairs(row: list[str]) -> None:
    """Each is refused, and its repair passes."""
    fault = check_pattern(code(row[0]))
    assert isinstance(fault, Fault)
    assert fault.code == "OF902"
    repaired = re.match("`([^`]+)`", row[2])
    assert repaired is not None
    assert isinstance(check_pattern(repaired[1]), Pattern)


def test_there_are_examples() -> None:
    assert len(PATTERNS) >= 6
    assert len(MISTAKES) >= 10
    assert len(NUMBERS) >= 8


# ---- links, words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for block in blocks(page):
        text = text.replace(block.text, "")
    broken = []
    for match in _LINK.finditer(re.sub(r"`[^`\n]*`", "", text)):
        target = match[1] or match[2]
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert not broken


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_of_the_docs_can_be_found() -> None:
    """Each is linked from another page."""
    everything = {page: page.read_text(encoding="utf-8") for page in pages()}
    lost = [
        page.name
        for page in everything
        if page.is_relative_to(ROOT / "docs")
        and not any(
            f"{page.name})" in text or f"{page.name}#" in text
            for other, text in everything.items()
            if other != page
        )
    ]
    assert not lost


def test_the_project_speaks_of_itself_alone() -> None:
    found = []
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in [*files, *ROOT.glob("*")]:
        if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert not found


def test_every_key_of_the_output_is_in_the_page() -> None:
    rules = RuleSetLine("t", "t", "1", "0", "UTC")
    report = RunReport(rules, datetime(2026, 2, 3, tzinfo=UTC), 0, ())
    text = (ROOT / "docs" / "run.md").read_text(encoding="utf-8")
    part = text.partition("## What comes out\n")[2].partition("\n## ")[0]
    heads = " ".join(line.split(" | ")[0] for line in part.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", heads)) == set(report.to_dict())
    timing = report.to_dict()["timing"]
    assert isinstance(timing, dict)
    assert set(timing) <= set(re.findall(r"`(\w+)`", part))


# ---- the language ---------------------------------------------------------------------------------------------------

#: Where each part of a rule file is described: page and heading.
DESCRIBED = {
    "RulesetDocument": ("language", "`ruleset`"),
    "EntityDocument": ("language", "`entity`"),
    "FieldDocument": ("language", "Fields"),
    "RowFieldDocument": ("language", "Fields"),
    "RecordDocument": ("language", "Fields"),
    "StateDocument": ("language", "States"),
    "EventDocument": ("language", "Events"),
    "TransitionDocument": ("language", "Transitions"),
    "HoldDocument": ("language", "Holds"),
    "JudgementDocument": ("language", "Arrival"),
    "ActionDocument": ("language", "Actions"),
    "RetryDocument": ("language", "Actions"),
    "QueueDocument": ("language", "Queues, findings, metrics"),
    "FindingDocument": ("language", "Queues, findings, metrics"),
    "MetricDocument": ("language", "Queues, findings, metrics"),
    "ChannelDocument": ("language", "Channels"),
    "SectionsDocument": ("language", "The rule language"),
    "ChildDocument": ("families", "Families: parcels, returns, complaints"),
    "RowsDocument": ("families", "Events that change rows"),
    "WarehouseDocument": ("stock", "Warehouses"),
    "PoolDocument": ("stock", "Pools"),
    "ResourceDocument": ("stock", "What a record holds"),
    "MoveDocument": ("stock", "Moves"),
    "MovesDocument": ("stock", "Moves"),
    "AllocationDocument": ("allocation", "Policies"),
    "TableDocument": ("allocation", "Decision tables"),
    "TableRowDocument": ("allocation", "Decision tables"),
    "PromiseDocument": ("allocation", "Promises"),
    "CalendarDocument": ("expressions", "Working days"),
    "AggregateDocument": ("customers", "Aggregates"),
    "TierDocument": ("customers", "Tiers"),
    "LevelDocument": ("customers", "Tiers"),
    "TagDocument": ("customers", "Tags"),
    "TestsDocument": ("scenarios", "A scenario"),
    "BaseDocument": ("scenarios", "A scenario"),
    "ScenarioDocument": ("scenarios", "A scenario"),
    "OtherDocument": ("scenarios", "A scenario"),
    "StepDocument": ("scenarios", "A step"),
    "ExpectDocument": ("scenarios", "What is expected"),
}


def section(page: str, heading: str) -> str:
    """What stands on a page of the docs under a heading, up to the next one of any level, without the examples."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/{page}.md has no heading {heading!r}"
    return found[1]


def _documents() -> list[type[Document]]:
    """The models of all parts of rule files."""
    return [
        item
        for module in (ruleset, entity, standing, sections, policies, scenarios)
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Document) and item is not Document
    ]


DOCUMENTS = {document.__name__: document for document in _documents()}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_every_key_is_where_it_is_described(document: type[Document]) -> None:
    text = section(*DESCRIBED[document.__name__])
    written = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", text))))
    keys = {field.alias or name for name, field in document.model_fields.items()}
    assert keys - written == set()


@pytest.mark.parametrize("page", ["scenarios.md", "embedding.md"])
def test_every_code_of_a_refusal_is_in_the_pages(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert [code for code in REFUSALS if f"`{code}`" not in text] == []


def test_every_field_type_is_in_the_language_page() -> None:
    written = set(re.findall(r"\w+", section("language", "Fields")))
    assert {*TYPE_NAMES, "ref", "list"} - written == set()
