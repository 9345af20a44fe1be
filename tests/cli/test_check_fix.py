"""`orderflow check --fix` and `--diff`."""

import os
import subprocess
from pathlib import Path

import pytest

from orderflow.checks.repair import Change
from orderflow.cli.commands import check_fix
from orderflow.cli.errors import NoInputError

FINE = "my-shop 1.0.0: no findings in 4 states, 4 transitions, 6 scenarios\n"


@pytest.fixture
def wrong(minimal):
    """The minimal template with a state misspelled; the file as it was, and as it is."""
    file = minimal / "order.yaml"
    good = file.read_bytes()
    file.write_bytes(good.replace(b"to: shipped", b"to: shiped"))
    return file, good


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_certain_is_repaired(run, wrong):
    file, good = wrong
    found = run("check", "rules", "--fix")
    assert (found.code, found.err) == (0, "")
    assert found.out == f"repaired 1 finding in 1 file\n  rules/order.yaml: 1 OF101\n\n{FINE}"
    assert file.read_bytes() == good
    again = run("check", "rules", "--fix")
    assert (again.code, again.out) == (0, FINE)


def test_what_is_left_is_shown(run, minimal):
    file = minimal / "order.yaml"
    text = (
        file.read_text(encoding="utf-8").replace("to: shipped", "to: shiped").replace("to: paid", "to: xyz")
    )
    file.write_text(text, encoding="utf-8")
    found = run("check", "rules", "--fix", "--format", "concise")
    assert found.code == 1
    assert found.out.startswith("rules/order.yaml:")
    assert "unknown state `xyz`" in found.out
    assert found.err.startswith("repaired 1 finding in 1 file\n  rules/order.yaml: 1 OF101\n")


def test_the_codes_that_are_chosen_are_repaired(run, wrong):
    file, _ = wrong
    before = file.read_bytes()
    found = run("check", "rules", "--fix", "--ignore", "OF101")
    assert (found.code, file.read_bytes()) == (0, before)
    assert run("check", "rules", "--fix", "--select", "OF101").code == 0
    assert file.read_bytes() != before


def test_a_diff_writes_nothing(run, wrong, tmp_path):
    before = files(tmp_path / "rules")
    found = run("check", "rules", "--diff")
    assert (found.code, found.err) == (1, "1 finding in 1 file would be repaired, 0 left\n")
    assert found.out.startswith("--- a/rules/order.yaml\n+++ b/rules/order.yaml\n@@ ")
    assert [line for line in found.out.splitlines() if line[0] in "+-"][2:] == [
        "-    to: shiped",
        "+    to: shipped",
    ]
    assert files(tmp_path / "rules") == before


def test_a_diff_of_nothing(run, minimal):
    found = run("check", "rules", "--diff")
    assert (found.code, found.out, found.err) == (0, "", "nothing would be repaired, 0 left\n")


def test_both_as_data(run, wrong):
    diff = run("check", "rules", "--diff", "--format", "json")
    assert diff.code == 1
    repairs = diff.json["repairs"]
    assert repairs["written"] is False
    assert [(one["file"], one["codes"]) for one in repairs["files"]] == [("rules/order.yaml", {"OF101": 1})]
    assert "+    to: shipped\n" in repairs["files"][0]["diff"]
    assert [one["message"] for one in repairs["findings"]] == ["unknown state `shiped`"]
    assert diff.json["diagnostics"] == []
    fixed = run("check", "rules", "--fix", "--format", "json")
    assert fixed.code == 0
    assert fixed.json["repairs"] == {**repairs, "written": True}
    assert "repairs" not in run("check", "rules", "--format", "json").json


def test_other_formats_show_what_is_left(run, wrong):
    found = run("check", "rules", "--fix", "--format", "github")
    assert (found.code, found.out) == (0, "")
    assert found.err == "repaired 1 finding in 1 file\n  rules/order.yaml: 1 OF101\n"


def test_a_repair_that_is_not_made_is_told(run, minimal, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "ruleset.yaml").write_text(
        "ruleset: more\nversion: 1.0.0\ntimezone: Asia/Shanghai\ncurrency: CNY\nextends: ../rules\n",
        encoding="utf-8",
    )
    file = minimal / "order.yaml"
    file.write_bytes(file.read_bytes().replace(b"to: shipped", b"to: shiped"))
    found = run("check", "more", "--fix")
    assert found.code == 1
    assert (
        "1 not repaired: the repair would lead to another finding, or is of another rule set's file"
        in found.out
    )
    assert "repaired 1" not in found.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fix", "--diff"), "`--fix` and `--diff` do not go together; give one of them"),
        (("--fix", "--watch"), "`--fix` and `--watch` do not go together; give one of them"),
        (("--diff", "--statistics"), "`--diff` and `--statistics` do not go together; give one of them"),
        (
            ("--diff", "--format", "sarif"),
            "`--diff` goes with `--format text`, `--format concise`, `--format json`, not with `sarif`",
        ),
    ],
)
def test_options_that_are_wrong(run, minimal, options, said):
    found = run("check", "rules", *options)
    assert (found.code, found.out, found.err) == (2, "", f"error: {said}\n")


# the diff itself, as git and patch read it


def applied(tmp_path, name, before, after, tool):
    """What becomes of a file when a tool applies the diff where one stands."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(before)
    made = check_fix.diff([Change(name, before, after)])
    done = subprocess.run(tool, input=made.encode(), capture_output=True, check=False)
    assert done.returncode == 0, (made, done.stderr)
    return path.read_bytes()


@pytest.mark.parametrize("tool", [("git", "apply"), ("patch", "-p1", "--binary")], ids=["git", "patch"])
@pytest.mark.parametrize("name", ["shop/order.yaml", "my shop/order.yaml", "商店/订单.yaml", "./order.yaml"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
        ("a\nb", "a\nB"),
        ("a\nb\nc", "a\nB\nc"),
        ("\ufeffa\nb\n", "\ufeffa\nB\n"),
        ("a\u2028a\nb\x85b\n", "a\u2028A\nb\x85b\n"),
        ("-- a\n++ b\n", "-- b\n++ a\n"),
        ("a\n" * 30 + "b\n" + "a\n" * 30 + "c", "a\n" * 30 + "B\n" + "a\n" * 30 + "C"),
    ],
)
def test_a_diff_can_be_applied(run, tmp_path, tool, name, before, after):
    found = applied(tmp_path, name, before.encode(), after.encode(), tool)
    assert found.decode() == after


def test_a_diff_can_be_applied_below_the_root_of_a_repository(run, tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q"], check=True)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert applied(tmp_path, "shop/order.yaml", b"a\nb\n", b"a\nB\n", ("git", "apply")) == b"a\nB\n"


def test_a_diff_in_colours_steers_no_terminal():
    made = check_fix.diff([Change("a.yaml", b"a\x1b[2J\nb\n", b"a\x1b[2J\nc\n")], color=True)
    assert made.splitlines()[-3:] == [" a␛[2J", "\x1b[31m-b\x1b[0m", "\x1b[32m+c\x1b[0m"]


# writing


def put(path, content=b"old"):
    path.write_bytes(content)
    return Change(path.as_posix(), content, b"new")


def test_the_permissions_stay(tmp_path):
    path = tmp_path / "order.yaml"
    change = put(path)
    path.chmod(0o640)
    check_fix.write([change])
    assert (path.read_bytes(), path.stat().st_mode & 0o7777) == (b"new", 0o640)
    assert list(files(tmp_path)) == ["order.yaml"]


def test_a_link_stays_one(tmp_path):
    (tmp_path / "data").mkdir()
    put(tmp_path / "data" / "order")
    link = tmp_path / "order.yaml"
    link.symlink_to("data/order")
    check_fix.write([Change(link.as_posix(), b"old", b"new")])
    assert (link.is_symlink(), (tmp_path / "data" / "order").read_bytes()) == (True, b"new")


def test_a_file_that_has_changed_is_not_written(tmp_path):
    changes = [put(tmp_path / "a.yaml"), put(tmp_path / "b.yaml")]
    (tmp_path / "b.yaml").write_bytes(b"other")
    with pytest.raises(NoInputError, match=r"b\.yaml` has changed meanwhile; nothing was written"):
        check_fix.write(changes)
    assert files(tmp_path) == {"a.yaml": b"old", "b.yaml": b"other"}


def test_a_file_that_may_not_be_written_is_not(tmp_path):
    changes = [put(tmp_path / "a.yaml"), put(tmp_path / "b.yaml")]
    (tmp_path / "b.yaml").chmod(0o444)
    with pytest.raises(NoInputError, match=r"b\.yaml` may not be written; nothing was"):
        check_fix.write(changes)
    assert files(tmp_path) == {"a.yaml": b"old", "b.yaml": b"old"}


def test_a_full_disk_changes_nothing(tmp_path, monkeypatch):
    def fail(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        check_fix.write([put(tmp_path / "a.yaml")])
    assert files(tmp_path) == {"a.yaml": b"old"}
