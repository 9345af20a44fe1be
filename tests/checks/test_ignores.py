"""Comments that take warnings away, and what is said of those that do not."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from orderflow.bootstrap import load
from orderflow.checks import check_folder, ignores
from orderflow.checks.repair import repair
from orderflow.diagnostics import Diagnostic, RuleSetError, Severity

RULESET = "ruleset: shop\nversion: 1.0.0\ntimezone: Asia/Shanghai\ncurrency: CNY\nroles: [clerk]\n"
ORDER = """\
entity: order
fields:
  amount_paid: {type: money, label: 实收, default: 0}
states:
  pending: {label: 待付, initial: true}
  shipped: {label: 已发, final: true}
events:
  ship: {by: clerk}
transitions:
  ship:
    from: pending
    to: shipped
    event: ship
    when: amount_paid > 0
"""
TELL = '  tell: {use: notify, to: clerk, message: "{order_id}"}'


def check(folder: Path, **files: str) -> list[str]:
    """What is found in a shop, `file:line:column code message`."""
    return [
        f"{Path(found.span.file).stem}:{found.span.line}:{found.span.column} {found.code} {found.message}"
        for found in findings(folder, **files)
    ]


def findings(folder: Path, **files: str) -> tuple[Diagnostic, ...]:
    for name, text in {"ruleset": RULESET, "order": ORDER, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")
    return check_folder(folder).diagnostics


UNUSED = "actions:2:3 OF104 nothing uses the action `tell`"


def test_the_warning_that_is_to_be_ignored_is_there(tmp_path: Path) -> None:
    assert check(tmp_path, actions=f"actions:\n{TELL}\n") == [UNUSED]


@pytest.mark.parametrize(
    "actions",
    [
        f"actions:\n{TELL} # orderflow: ignore OF104 kept for the coast shop\n",
        f"actions:\r\n{TELL}  #orderflow:ignore of104 kept\r\n",
        f"actions:\n  # orderflow: ignore OF104: kept\n{TELL}\n",
        f"actions: # a comment of another kind\n# orderflow: ignore OF104 — 海边店在用\n{TELL}",
        f"\ufeffactions:\n{TELL} # orderflow: ignore OF104 kept\n",
    ],
)
def test_a_warning_is_ignored(actions: str, tmp_path: Path) -> None:
    assert check(tmp_path, actions=actions) == []
    assert load(tmp_path) is not None


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (
            f"actions:\n{TELL} # orderflow: ignore OF104\n",
            [UNUSED, "actions:2:57 OF108 the comment does not say why"],
        ),
        (
            f"actions:\n{TELL} # orderflow: ignore OF104 -- \n",
            [UNUSED, "actions:2:57 OF108 the comment does not say why"],
        ),
        (
            f"actions:\n{TELL} # orderflow: ignore\n",
            [UNUSED, "actions:2:57 OF108 the comment does not say what to ignore"],
        ),
        (
            f"actions:\n{TELL} # orderflow: ignore OF114 kept\n",
            [UNUSED, "actions:2:57 OF108 there is no code `OF114`; did you mean `OF104`?"],
        ),
        (
            f"actions:\n{TELL} # orderflow: ignore OF205 kept\n",
            [UNUSED, "actions:2:57 OF108 there is no `OF205` here to ignore"],
        ),
        (
            f"actions:\n{TELL} # orderflow: ignore OF104, OF205，OF108 kept\n",
            [
                "actions:2:84 OF108 there is no `OF205` here to ignore; there is no `OF108` here to ignore",
            ],
        ),
        (
            f"actions:\n# orderflow: ignore OF104 kept\n\n{TELL}\n",
            ["actions:2:1 OF108 there is no `OF104` here to ignore", UNUSED.replace(":2:", ":4:")],
        ),
        (
            f"actions:\n{TELL}\n  # orderflow: ignore OF104 kept\n",
            [UNUSED, "actions:3:3 OF108 there is no `OF104` here to ignore"],
        ),
        (
            f"actions:\n{TELL} # orderflow: ignor OF104 kept\n",
            [UNUSED, "actions:2:70 OF108 unknown word `ignor` after `orderflow:`"],
        ),
        (f"actions:\n{TELL} # orderflow: the engine ignores it\n", [UNUSED]),
        (f"actions:\n{TELL} # see # orderflow: ignore OF104 kept\n", [UNUSED]),
    ],
)
def test_a_comment_that_ignores_nothing(actions: str, said: list[str], tmp_path: Path) -> None:
    found = findings(tmp_path, actions=actions)
    assert check(tmp_path, actions=actions) == said
    assert {one.severity for one in found} <= {Severity.WARNING}
    about = [one for one in found if one.code == "OF108"]
    assert all(one.fix is not None and one.fix.replacement is not None for one in about)


def test_several_comments_above_a_line_are_all_about_it(tmp_path: Path) -> None:
    actions = f"actions:\n  # orderflow: ignore OF104 kept\n  # orderflow: ignore OF205 kept\n{TELL}\n"
    assert check(tmp_path, actions=actions) == ["actions:3:3 OF108 there is no `OF205` here to ignore"]


def test_an_error_cannot_be_ignored(tmp_path: Path) -> None:
    order = ORDER.replace("to: shipped\n", "to: shiped # orderflow: ignore OF101 it is spelled so\n")
    assert check(tmp_path, order=order) == [
        "order:12:9 OF101 unknown state `shiped`",
        "order:12:16 OF108 `OF101` is an error here, and errors cannot be ignored",
    ]
    with pytest.raises(RuleSetError):
        load(tmp_path)


def test_nothing_is_said_of_a_warning_that_an_error_may_hide(tmp_path: Path) -> None:
    order = ORDER.replace("to: shipped\n", "to: shiped\n")
    actions = f"actions:\n{TELL} # orderflow: ignore OF104 kept\n"
    assert check(tmp_path, order=order, actions=actions) == ["order:12:9 OF101 unknown state `shiped`"]


def test_such_a_comment_behind_an_expression_cuts_nothing_off(tmp_path: Path) -> None:
    said = check(tmp_path, order=ORDER.replace("> 0\n", "> 0 # orderflow: ignore OF105 for now\n"))
    assert said == ["order:14:27 OF108 there is no `OF105` here to ignore"]
    (other,) = check(tmp_path, order=ORDER.replace("> 0\n", "> 0 # more than nothing\n"))
    assert re.match(r"order:14:\d+ OF106 ", other)


def test_a_file_that_cannot_be_read_is_not_looked_at(tmp_path: Path) -> None:
    (said,) = check(tmp_path, actions=f"actions:\n{TELL} # orderflow: ignore OF999 x\n  a: *b\n")
    assert " OF901 " in said


def test_what_a_base_ignores_may_be_right_there(tmp_path: Path) -> None:
    base, over = tmp_path / "base", tmp_path / "over"
    base.mkdir()
    over.mkdir()
    assert check(base, actions=f"actions:\n{TELL} # orderflow: ignore OF104 kept for the coast shop\n") == []
    (over / "ruleset.yaml").write_text(
        RULESET.replace("shop", "coast") + "extends: ../base\n", encoding="utf-8"
    )
    (over / "order.yaml").write_text(
        "entity: order\nstates:\n  shipped: {label: 已发, final: true, on_entry: [tell]}\n", encoding="utf-8"
    )
    assert [str(found.message) for found in check_folder(over).diagnostics] == []


def test_it_costs_nothing_where_there_is_no_such_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(ignores, "read_comments")
    assert check(tmp_path, actions=f"actions:\n{TELL} # orderflow, ignore\n") == [UNUSED]


@pytest.mark.parametrize(
    ("actions", "left"),
    [
        (f"actions:\n{TELL} # orderflow: ignore OF205 kept # so\n", f"actions:\n{TELL}\n"),
        (f"actions:\r\n  # orderflow: ignore OF205 x\r\n{TELL}\r\n", f"actions:\r\n{TELL}\r\n"),
        (
            f"actions:\n{TELL} # orderflow: ignore OF205, OF104, OF101 kept\n",
            f"actions:\n{TELL} # orderflow: ignore OF104 kept\n",
        ),
        (
            f"actions:\n{TELL} # orderflow: ignroe OF104 kept\n",
            f"actions:\n{TELL} # orderflow: ignore OF104 kept\n",
        ),
    ],
)
def test_the_repair(actions: str, left: str, tmp_path: Path) -> None:
    findings(tmp_path, actions=actions)

    def again(unsaved: Mapping[str, bytes]):
        return check_folder(tmp_path, unsaved=unsaved)

    changes = repair(tmp_path, again, lambda found: found.code == "OF108").changes
    assert [change.after.decode() for change in changes] == [left]
