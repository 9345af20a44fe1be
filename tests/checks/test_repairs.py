"""The repairs that findings bring along: each one, applied, leaves a rule set without that finding and the rest as it was."""

import difflib
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.checks.repair import Change, Repaired, repair
from orderflow.diagnostics import Diagnostic

GOLDEN = Path(__file__).parents[1] / "golden"
FOLDERS = sorted(path.name for path in GOLDEN.iterdir() if path.name.startswith("OF"))
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.M)
#: What is said about comments themselves, and about a `#` that was meant as text.
_ABOUT_COMMENTS = {"OF106", "OF108"}


def mend(folder: str) -> Repaired:
    return repair(folder, lambda files: check_folder(folder, unsaved=files))


def identities(found: tuple[Diagnostic, ...]) -> Counter[tuple[str, str]]:
    return Counter((one.code, one.message) for one in found)


@pytest.mark.parametrize("folder", FOLDERS)
def test_repairs_of_the_golden_rule_sets(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(GOLDEN / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path / folder)
    before = check_folder("bad").diagnostics
    made = mend("bad")
    assert not identities(made.applied) & identities(made.compiled.diagnostics)
    assert len(made.compiled.diagnostics) <= len(before)
    for change in made.changes:
        keeps(change, made.applied)
        Path(change.file).write_bytes(change.after)
    again = mend("bad")
    assert (again.changes, again.applied) == ((), ())
    assert again.compiled.diagnostics == made.compiled.diagnostics


def keeps(change: Change, applied: tuple[Diagnostic, ...]) -> None:
    """Check that a change loses no comment and touches no line that a repair does not."""
    old, new = change.before.decode(), change.after.decode()
    mine = [found for found in applied if found.span.file == change.file]
    if not _ABOUT_COMMENTS & {found.code for found in mine}:
        assert not Counter(_COMMENT.findall(old)) - Counter(_COMMENT.findall(new))
    places = [found.fix.span for found in mine if found.fix and found.fix.span]
    touched = {line for span in places for line in range(span.line, span.end_line + 1)}
    edits = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False).get_opcodes()
    for kind, first, last, _, _ in edits:
        if kind not in ("equal", "insert"):
            assert {*range(first + 1, last + 1)} <= touched


# one repair each, in the style of the file

HEAD = "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\nroles: [clerk]\n"
ORDER = """\
entity: order
key: no
fields:
  no: {type: text}
  paid: {type: money, label: Paid, default: 0, at_least: 0}
  due: {type: money, label: Due, default: 0, at_least: 0}
  paid_at: {type: datetime, label: Paid at, optional: true}
  customer: {type: ref customer, label: Customer}
states:
  new: {initial: true}
  held: {}
  done: {final: true}
events:
  ship: {by: clerk}
resources:
  credit: {of: customer, amount: due, limit: customer.limit, held_in: held}
  stock_kept: {of: customer, amount: paid, limit: customer.limit, held_in: held}
"""
WAYS = """\
transitions:
  hold:
    from: new
    to: held
    when: 'due > 0 and can_take("credit")'   # 赊账
    retry_on: [credit, stock_kept]
  finish:
    from: held   # 还在
    to: done
    event: ship
  late: {from: held, to: done, after: 3d}
"""
CUSTOMER = """\
entity: customer
fields:
  limit: {type: money, label: Limit, default: 0}
states:
  known: {initial: true, final: true}
"""


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def changed(folder: Path, order: str) -> tuple[list[str], list[str]]:
    """The lines that repairs take out of an order, and those that they put there."""
    for name, text in {"ruleset": HEAD, "customer": CUSTOMER, "order": order}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")
    made = mend(str(folder))
    assert [found.message for found in made.compiled.diagnostics] == []
    if not made.changes:
        return [], []
    (change,) = made.changes
    keeps(change, made.applied)
    delta = list(difflib.ndiff(lines(change.before.decode()), lines(change.after.decode())))
    return [line[2:] for line in delta if line[0] == "-"], [line[2:] for line in delta if line[0] == "+"]


def test_the_order_is_sound(tmp_path: Path) -> None:
    assert changed(tmp_path, ORDER + WAYS) == ([], [])


WHEN = "    when: '{} can_take(\"credit\")'   # 赊账\n"
RETRY = "    retry_on: [credit, stock_kept]\n"


@pytest.mark.parametrize(
    ("old", "new", "gone", "there"),
    [
        # a key in block style, behind `when` and its comment
        (RETRY, "", [], [RETRY]),
        # in the place of a single name, in a list in brackets, in a list of lines
        (RETRY, "    retry_on: credit  # 等\n", ["    retry_on: credit  # 等\n"], ["    retry_on: [credit, stock_kept]  # 等\n"]),
        (RETRY, "    retry_on: [credit]\n", ["    retry_on: [credit]\n"], [RETRY]),
        (RETRY, "    retry_on:\n      - credit  # 等\n", [], ["      - stock_kept\n"]),
        (RETRY, "    retry_on:\n    - credit\n", [], ["    - stock_kept\n"]),
        # twice
        (RETRY, "    retry_on: [credit, stock_kept, credit]\n", ["    retry_on: [credit, stock_kept, credit]\n"], [RETRY]),
        (RETRY, "    retry_on:\n      - credit\n      - stock_kept\n      - credit\n", ["      - credit\n"], []),
        # tests that are missing
        ("due > 0 and", "due > 0 and paid_at < now and", [WHEN.format("due > 0 and paid_at < now and")], [WHEN.format("due > 0 and paid_at is not None and paid_at < now and")]),
        # other kinds of values
        ("due > 0", 'due > "0"', [WHEN.format('due > "0" and')], [WHEN.format("due > 0 and")]),
        ("due > 0 and", "due > 0 and paid_at != None and", [WHEN.format("due > 0 and paid_at != None and")], [WHEN.format("due > 0 and paid_at is not None and")]),
        # what cannot be negative
        ("amount: due", "amount: due - paid", ["  credit: {of: customer, amount: due - paid, limit: customer.limit, held_in: held}\n"], ["  credit: {of: customer, amount: 'max(due - paid, 0)', limit: customer.limit, held_in: held}\n"]),
        # guards that ask nothing
        ("    event: ship\n", "    event: ship\n    when: true\n", ["    when: true\n"], []),
        # the last line of the file has no end
        ("after: 3d}\n", "aftr: 3d}", ["  late: {from: held, to: done, aftr: 3d}"], ["  late: {from: held, to: done, after: 3d}"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_repair(
    old: str, new: str, gone: list[str], there: list[str], line_end: str, tmp_path: Path
) -> None:
    order = ORDER + WAYS
    assert order.count(old) == 1
    order = order.replace(old, new)
    found = changed(tmp_path, order.replace("\n", line_end))
    assert found == (
        [line.replace("\n", line_end) for line in gone],
        [line.replace("\n", line_end) for line in there],
    )


def test_a_key_in_braces(tmp_path: Path) -> None:
    line = "  hold: {from: new, to: held, when: 'due > 0 and can_take(\"credit\")'}  # 赊账\n"
    order = ORDER + "transitions:\n" + line + "  finish: {from: held, to: done, event: ship}\n"
    order += "  late: {from: held, to: done, after: 3d}\n"
    better = line.replace("'}", "', retry_on: [credit, stock_kept]}")
    assert changed(tmp_path, order) == ([line], [better])


def test_a_key_behind_a_text_over_several_lines(tmp_path: Path) -> None:
    order = ORDER + WAYS.replace(RETRY, "").replace(
        "    when: 'due > 0 and can_take(\"credit\")'   # 赊账\n",
        '    when: >\n      due > 0\n      and can_take("credit")\n\n',
    )
    assert changed(tmp_path, order) == ([], [RETRY])


def test_a_guard_without_quotes_and_with_brackets_in_it(tmp_path: Path) -> None:
    """What was hidden behind a comment that may have cut a condition is repaired, too."""
    way = WAYS.replace(WHEN.format("due > 0 and"), "    when: due > 0 and paid_at < now   # 赊账\n")
    _, there = changed(tmp_path, ORDER + way)
    assert there == ["    when: 'due > 0 and paid_at is not None and paid_at < now'   # 赊账\n"]


def test_a_guard_that_alone_starts_a_transition(tmp_path: Path) -> None:
    order = (
        ORDER.split("events:")[0]
        + "transitions:\n  a: {from: new, to: held, when: true}\n  b: {from: held, to: done, after: 3d}\n"
    )
    gone, there = changed(tmp_path, order)
    assert gone == ["  a: {from: new, to: held, when: true}\n"]
    assert there == ["  a: {from: new, to: held, at_once: true}\n"]


def test_a_comment_is_not_taken_away_with_an_item(tmp_path: Path) -> None:
    listed = "    retry_on:\n      - credit\n      - stock_kept\n      - credit  # 再次\n"
    order = ORDER + WAYS.replace(RETRY, listed)
    for name, text in {"ruleset": HEAD, "customer": CUSTOMER, "order": order}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")
    assert mend(str(tmp_path)).changes == ()


def test_a_backslash_in_double_quotes(tmp_path: Path) -> None:
    order = ORDER.replace("no: {type: text}", 'no: {type: text, pattern: "\\d{4}"}') + WAYS
    _, there = changed(tmp_path, order)
    assert there == ['  no: {type: text, pattern: "\\\\d{4}"}\n']
