"""Repairs in the files: nothing else changes, nothing gets worse, and a second time there is nothing to do."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.checks import repair as module
from orderflow.checks.repair import Repaired, repair
from orderflow.compiler.load import Compiled
from orderflow.diagnostics import Diagnostic, Fix, Message, Severity, Span

RULESET = "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\n"
ORDER = """\
# the orders of the shop
entity: order
fields:
  paid: {type: money, label: 实收金额, default: 0}   # 元
states:
  pending: {label: 待付, initial: true}
  shipped: {label: 已发, final: true}  # 出库
transitions:
  ship:
    from: pending
    to: shiped   # ← 这里
    # the whole sum
    when: payd > 0
"""
MENDED = ORDER.replace("shiped", "shipped").replace("payd", "paid")
Put = Callable[..., None]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Write the files of a rule set in the folder that one stands in."""
    monkeypatch.chdir(tmp_path)

    def write(folder: str = "shop", **files: str | bytes) -> None:
        for name, text in {"ruleset": RULESET, **files}.items():
            path = Path(folder, f"{name}.yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    return write


def mend(folder: str = "shop") -> Repaired:
    return repair(folder, lambda files: check_folder(folder, unsaved=files))


def after(made: Repaired) -> dict[str, str]:
    return {change.file: change.after.decode() for change in made.changes}


def codes(made: Repaired) -> list[str]:
    return [found.code for found in made.applied]


def test_only_what_is_wrong_changes(put: Put) -> None:
    put(order=ORDER)
    made = mend()
    assert after(made) == {"shop/order.yaml": MENDED}
    assert codes(made) == ["OF101", "OF101"]
    assert made.compiled.diagnostics == ()
    assert made.compiled.definition is not None
    assert Path("shop/order.yaml").read_text(encoding="utf-8") == ORDER


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n# 最后\n",
        lambda text: text.replace("- ", "-   ").replace("states:\n", "\n\nstates:   \n"),
    ],
    ids=["crlf", "bom", "bom and crlf", "no line end", "lines below", "blanks"],
)
def test_the_bytes_around_stay(put: Put, change: Callable[[str], str]) -> None:
    put(order=change(ORDER))
    made = mend()
    assert after(made) == {"shop/order.yaml": change(MENDED)}


def test_a_second_time_there_is_nothing_to_do(put: Put) -> None:
    put(order=ORDER)
    for change in mend().changes:
        Path(change.file).write_bytes(change.after)
    again = mend()
    assert (again.changes, again.applied) == ((), ())


def test_warnings_wait_for_errors(put: Put) -> None:
    """The action is used where the states are wrong: it is not to be removed for that."""
    actions = "actions:\n  tell: {use: notify, to: clerk, message: paid}\n  shout: {use: notify, to: clerk, message: paid}\n"
    put(order=ORDER + "    do: tell\n", actions=actions)
    made = mend()
    assert codes(made) == ["OF101", "OF101", "OF104"]
    assert after(made)["shop/actions.yaml"] == actions.rpartition("  shout")[0]


def test_what_was_hidden_is_repaired_too(put: Put) -> None:
    """A key that is unknown hides what stands under it."""
    put(order=ORDER.replace("states:", "stats:"))
    made = mend()
    assert after(made) == {"shop/order.yaml": MENDED}
    assert codes(made)[0] == "OF101"


def test_only_what_is_wanted(put: Put) -> None:
    put(order=ORDER)
    made = repair(
        "shop", lambda files: check_folder("shop", unsaved=files), lambda found: found.span.line == 13
    )
    assert after(made) == {"shop/order.yaml": ORDER.replace("payd", "paid")}


def test_a_rule_set_below_is_left_alone(put: Put) -> None:
    put("base", order=ORDER)
    put(
        "shop",
        ruleset=f"{RULESET}extends: ../base\n",
        own="entity: order\nstates:\n  shipped: {lable: 出库}\n",
    )
    made = mend()
    assert list(after(made)) == ["shop/own.yaml"]
    assert "base/order.yaml" in {found.span.file for found in made.compiled.diagnostics if found.fix}


def test_a_file_with_two_names_is_left_alone(put: Put) -> None:
    put(order=ORDER)
    os.symlink("order.yaml", "shop/z.yaml")
    assert mend().changes == ()


def test_a_file_behind_a_link_is_repaired(put: Put) -> None:
    put(order=ORDER)
    os.mkdir("shop/.data")
    os.rename("shop/order.yaml", "shop/.data/order")
    os.symlink(".data/order", "shop/order.yaml")
    assert after(mend()) == {"shop/order.yaml": MENDED}


def test_a_file_that_changes_meanwhile_is_left_alone(put: Put) -> None:
    put(order=ORDER)
    file = Path("shop/order.yaml")

    def check(files: Mapping[str, bytes]) -> Compiled:
        found = check_folder("shop", unsaved=files)
        file.write_text(f"# more\n{ORDER}", encoding="utf-8")
        return found

    assert repair("shop", check).changes == ()


# what a checker may say: repairs that clash, go round, or break things

Say = Callable[[str], list[tuple[str, str, str]]]


def checker(
    say: Say, file: str = "shop/order.yaml", code: str = "OF101", severity: str = "error"
) -> module.Check:
    """A checker that says of a text what `say` does: the message, the first such stretch, its replacement."""

    def check(files: Mapping[str, bytes]) -> Compiled:
        text = (files[file] if file in files else Path(file).read_bytes()).decode()
        found = []
        for message, stretch, new in say(text):
            at = text.index(stretch)
            line, column = text[:at].count("\n") + 1, at - (text.rfind("\n", 0, at) + 1) + 1
            span = Span(file, line, column, line, column + len(stretch))
            what, _, level = message.partition("|")
            fix = Fix(Message("mend it"), span, new)
            found.append(Diagnostic(code, Message(what), span, Severity(level or severity), fix=fix))
        return Compiled(None, tuple(found), {file: text}, ())

    return check


def mend_with(say: Say) -> str:
    made = repair("shop", checker(say))
    return made.changes[0].after.decode() if made.changes else ""


def test_repairs_that_overlap_are_made_one_after_the_other(put: Put) -> None:
    put(order="abc\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [("ab", "ab", "b")] * ("ab" in text) + [("bc", "bc", "c")] * ("bc" in text)

    assert mend_with(say) == "c\n"


def test_the_same_repair_said_twice_is_made_once(put: Put) -> None:
    put(order="abc\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [("one", "bc", "bcd"), ("two", "bc", "bcd")] if "d" not in text else []

    assert mend_with(say) == "abcd\n"


def test_repairs_that_stand_side_by_side(put: Put) -> None:
    put(order="aaaa bbbb\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [(word, word, word.upper()) for word in ("aaaa", "bbbb") if word in text]

    assert mend_with(say) == "AAAA BBBB\n"


def test_a_repair_after_which_the_fault_is_still_there_is_left_out(put: Put) -> None:
    put(order="abc xyz\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [("b", "c", "cc")] * ("b" in text) + [("y", "y", "z")] * ("y" in text)

    assert mend_with(say) == "abc xzz\n"


def test_a_repair_that_is_found_fault_with_is_left_out(put: Put) -> None:
    put(order="abc xyz\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        first = [("b", "b", "qq")] if "b" in text else [("no qq", "qq", "qq")]
        return first + [("y", "y", "z")] * ("y" in text)

    assert mend_with(say) == "abc xzz\n"


def test_a_warning_in_the_place_of_an_error_is_better(put: Put) -> None:
    put(order="abc\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [("b", "b", "q")] if "b" in text else [("q|warning", "q", "q")]

    assert mend_with(say) == "aqc\n"


def test_repairs_that_go_round_end(put: Put) -> None:
    put(order="abc\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [("a b", "b", "d")] if "b" in text else [("a d", "d", "b")]

    assert mend_with(say) == ""


def test_repairing_a_warning_brings_no_error(put: Put) -> None:
    put(order="abc\nxyz\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [("b|warning", "b", "q")] if "b" in text else [("far away", "y", "y")]

    assert mend_with(say) == ""


def test_a_repair_that_makes_a_file_unreadable_is_left_out(put: Put) -> None:
    put(order="abc\nxyz\n")

    def check(files: Mapping[str, bytes]) -> Compiled:
        text = files.get("shop/order.yaml", b"abc").decode()
        one = checker(lambda text: [("b", "b", "q")] if "b" in text else [("y", "y", "y")])
        other = checker(lambda text: [("y", "y", "y")], code="OF901")
        return one(files) if "b" in text else other(files)

    assert repair("shop", check).changes == ()


def test_one_that_does_not_hold_is_found_among_many(put: Put) -> None:
    lines = [f"a{number:02}" for number in range(40)]
    put(order="\n".join(lines))

    def say(text: str) -> list[tuple[str, str, str]]:
        bad = [("never", "b17", "a17")] * ("b17" in text) + [("never", "b30", "a30")] * ("b30" in text)
        return bad + [(line, line, f"b{line[1:]}") for line in lines if line in text]

    made = mend_with(say).split("\n")
    assert [line for line in made if line[0] == "a"] == ["a17", "a30"]


def test_checks_are_counted(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is to try, it comes to an end."""
    monkeypatch.setattr(module, "MOST_CHECKS", 5)
    put(order="a" * 50)
    asked: list[int] = []

    def check(files: Mapping[str, bytes]) -> Compiled:
        asked.append(1)
        return checker(lambda text: [(f"{len(text)}", "a", "")])(files)

    repair("shop", check)
    assert len(asked) == 6


def test_a_warning_that_follows_from_an_error_is_not_repaired(put: Put) -> None:
    put(order="abc xyz\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        return [("b|warning", "b", ""), ("y", "y", "z")] if "y" in text else []

    assert mend_with(say) == "abc xzz\n"


def test_a_repair_that_holds_only_after_another_is_tried_again(put: Put) -> None:
    put(order="abc xyz\n")

    def say(text: str) -> list[tuple[str, str, str]]:
        wrong = "b" if "b" in text else "q"
        first = [("b", wrong, "q")] if wrong == "b" or "y" in text else []
        return first + [("y|warning", "y", "z")] * ("y" in text)

    assert mend_with(say) == "aqc xzz\n"


def test_a_file_is_compared_with_what_was_checked(put: Put) -> None:
    put(order="abc\n")
    file = Path("shop/order.yaml")

    def check(files: Mapping[str, bytes]) -> Compiled:
        found = checker(lambda text: [("b", "b", "q")] * ("b" in text))(files)
        file.write_bytes(b"zbz\n")
        return found

    assert repair("shop", check).changes == ()
    assert file.read_bytes() == b"zbz\n"
