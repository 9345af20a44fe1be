"""Every example in README and docs does what it shows; see `pages.py` for how they are read."""

from pathlib import Path

import pytest
import yaml
from tests.docs.pages import (
    LISTED,
    ROOT,
    Quote,
    blocks,
    commands,
    follow,
    masked,
    matches,
    pages,
    quotes,
    rule_sets,
    stands_in,
)

from orderflow.bootstrap import compile as read_rules
from orderflow.engine.link import link
from orderflow.service.scenarios import run_scenarios


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def runs(page: Path) -> bool:
    return any(
        block.language == "python"
        or (
            block.language in ("console", "bash")
            and not all(LISTED.match(each.text) for each in commands(block))
        )
        for block in blocks(page)
    )


@pytest.mark.parametrize("page", [page for page in pages() if runs(page)], ids=name)
def test_examples(page: Path, tmp_path: Path) -> None:
    problems = []
    for ran in follow(page, tmp_path):
        what = f"{ran.block.place}: `{ran.text}`"
        if ran.code not in (0, 1, 2, 3) or (ran.shown is None and ran.code):
            problems.append(f"{what} ends with exit code {ran.code}:\n{ran.printed}")
        elif ran.shown is not None and not matches(ran.shown, ran.printed):
            problems.append(f"{what} shows\n{masked(ran.shown)}\nbut prints\n{masked(ran.printed)}")
    assert not problems, "\n\n".join(problems) + "\n\n`python tests/docs/write.py` writes outputs anew"


SETS = [(block, files) for page in pages() for block, files in rule_sets(page)]


@pytest.mark.parametrize(("block", "files"), SETS, ids=[block.place for block, _ in SETS])
def test_rule_sets(block: object, files: dict[str, str], tmp_path: Path) -> None:
    """Each passes `check`, and so do the scenarios that the page has for it."""
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    compiled = read_rules(tmp_path)
    assert [str(found) for found in compiled.diagnostics] == []
    assert compiled.definition is not None
    assert len(compiled.scenarios) == sum(
        len(yaml.safe_load(text)["tests"]) for file, text in files.items() if file.endswith(".test.yaml")
    )
    results = run_scenarios(link(compiled.definition), compiled.scenarios)
    assert [
        f"{result.scenario.name}: {failure.message}" for result in results for failure in result.failures
    ] == []


QUOTES = [quote for page in pages() for quote in quotes(page)]


@pytest.mark.parametrize("quote", QUOTES, ids=[quote.block.place for quote in QUOTES])
def test_quotes(quote: Quote) -> None:
    """What a page shows of a rule file stands in it."""
    part, whole = (yaml.load(text, yaml.BaseLoader) for text in (quote.block.text, quote.source))
    assert part
    assert stands_in(part, whole)


#: Pages about the language: what they show as YAML is run, or quoted.
LANGUAGE = ("language", "families", "stock", "allocation", "customers", "scenarios")


@pytest.mark.parametrize("page", LANGUAGE)
def test_all_yaml_is_tested(page: str) -> None:
    path = ROOT / "docs" / f"{page}.md"
    tested = {quote.block.place for quote in quotes(path)}
    tested |= {block.place for block in blocks(path) if _is_file_of_a_set(block.text, path)}
    assert [
        block.place for block in blocks(path) if block.language == "yaml" and block.place not in tested
    ] == []


def _is_file_of_a_set(text: str, page: Path) -> bool:
    return any(text in files.values() for _, files in rule_sets(page))


def test_something_is_run() -> None:
    """A page that is read wrongly must not pass for one without examples."""
    assert runs(ROOT / "README.md")
    assert len(SETS) >= 5
    assert len(QUOTES) >= 5


@pytest.mark.parametrize(
    ("part", "whole", "stands"),
    [
        ("a: {b: 1}", "a: {b: 1, c: 2}", True),
        ("a: {b: 2}", "a: {b: 1}", False),
        ("a: [{b: 1}]", "a: [{b: 0}, {b: 1, c: 2}]", True),
        ("a: [{b: 1}, {b: 0}]", "a: [{b: 0}, {b: 1}]", False),
        ("a: [x]", "a: x", False),
    ],
)
def test_what_stands_in_a_file(part: str, whole: str, stands: bool) -> None:
    assert stands_in(yaml.safe_load(part), yaml.safe_load(whole)) is stands


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\n", "a\n", True),
        ("a\n", "a\nb\n", False),
        ("events: 5 · 0.0 s (10 a second)", "events: 5 · 1.2 s (7 orders, 9 events a second)", True),
        ("events: 5 · 0.0 s (10 a second)", "events: 6 · 0.0 s (10 a second)", False),
    ],
)
def test_what_counts_as_the_same(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same
