"""Every example in README and docs does what it shows; see `pages.py` for how they are read."""

from pathlib import Path

import pytest
from tests.docs.pages import LISTED, ROOT, blocks, commands, follow, masked, matches, pages, rule_sets

from orderflow.bootstrap import check


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
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert [str(found) for found in check(tmp_path)] == []


def test_something_is_run() -> None:
    """A page that is read wrongly must not pass for one without examples."""
    assert runs(ROOT / "README.md")
    assert len(SETS) >= 1


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
