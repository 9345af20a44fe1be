"""A check that is remembered says what a new one would, and nothing changes without being noticed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.checks import check_folder
from orderflow.service import checking, fingerprint
from orderflow.service.checking import Checked, check_cached
from orderflow.service.fingerprint import snapshot
from orderflow.service.kept import Kept

HEAD = "ruleset: shop\nversion: 1.0.0\n"
ORDER = """\
entity: order
fields:
  paid: {type: bool, label: Paid, default: false}
states:
  new: {initial: true}
  done: {final: true}
transitions:
  finish: {from: new, to: done, when: paid}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ruleset.yaml").write_text(HEAD)
    (folder / "order.yaml").write_text(ORDER)
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "cache")


def both(folder: Path, kept: Kept) -> tuple[Checked, Checked]:
    return check_cached(folder, kept), check_cached(folder, kept)


def test_the_second_time_it_is_remembered(shop: Path, kept: Kept) -> None:
    first, second = both(shop, kept)
    assert (first.remembered, second.remembered) == (False, True)
    assert first.counts is not None
    assert (first.counts.name, first.counts.version, first.counts.states) == ("shop", "1.0.0", 2)
    assert (second.diagnostics, second.counts) == (first.diagnostics, first.counts)
    assert dict(second.sources) == dict(first.sources)


def test_findings_are_remembered_whole(shop: Path, kept: Kept) -> None:
    (shop / "order.yaml").write_text(ORDER.replace("to: done", "to: dne").replace("paid}", "payd}"))
    first, second = both(shop, kept)
    assert second.remembered
    assert first.has_errors
    assert second.has_errors
    assert second.counts is None
    assert [item.to_dict() for item in second.diagnostics] == [item.to_dict() for item in first.diagnostics]
    assert {item.message.template for item in second.diagnostics} == {
        item.message.template for item in first.diagnostics
    }


@pytest.mark.parametrize(
    "case", sorted((Path(__file__).parents[1] / "golden").glob("OF[1-4]*"))[::6], ids=lambda path: path.name
)
def test_what_is_remembered_is_what_was_found(case: Path, kept: Kept) -> None:
    first, second = both(case / "bad", kept)
    assert second.remembered
    assert second.diagnostics == first.diagnostics == check_folder(case / "bad").diagnostics


def test_without_a_place_nothing_is_remembered(shop: Path) -> None:
    assert [checked.remembered for checked in both(shop, Kept(None))] == [False, False]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_any_byte_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    shop = tmp_path / "shop"
    shutil.rmtree(shop, ignore_errors=True)
    shop.mkdir()
    texts = {"ruleset.yaml": HEAD, "order.yaml": ORDER, "order.test.yaml": "base: {of: order}\ntests: []\n"}
    for name, text in texts.items():
        (shop / name).write_text(text)
    before = snapshot(shop)
    name = data.draw(st.sampled_from(sorted(texts)))
    content = bytearray(texts[name].encode())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    (shop / name).write_bytes(content)
    after = snapshot(shop)
    assert before is not None
    assert after is not None
    assert before.digest != after.digest


@pytest.mark.parametrize(
    "what", ["file", "folder", "renamed", "gone", "emptied", "moved a line", "elsewhere"]
)
def test_every_other_change_is_noticed(shop: Path, kept: Kept, what: str, tmp_path: Path) -> None:
    check_cached(shop, kept)
    match what:
        case "file":
            (shop / "new.yaml").write_text("")
        case "folder":
            (shop / "new.yaml").mkdir()
        case "renamed":
            (shop / "order.yaml").rename(shop / "orders.yaml")
        case "gone":
            (shop / "order.yaml").unlink()
        case "emptied":
            (shop / "order.yaml").write_text("")
        case "moved a line":
            (shop / "order.yaml").write_text(ORDER.partition("\n")[2])
            (shop / "ruleset.yaml").write_text(HEAD + ORDER.partition("\n")[0] + "\n")
        case "elsewhere":
            shop = shop.rename(tmp_path / "other")
    checked = check_cached(shop, kept)
    assert not checked.remembered
    assert checked.diagnostics == check_folder(shop).diagnostics


def test_what_it_extends_is_looked_at_too(tmp_path: Path, shop: Path, kept: Kept) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "ruleset.yaml").write_text("ruleset: own\nversion: 1.0.0\nextends: ../shop\n")
    first, second = both(own, kept)
    assert (first.diagnostics, second.remembered) == ((), True)
    assert dict(second.sources) == dict(first.sources)
    (shop / "order.yaml").write_text(ORDER.replace("to: done", "to: dne"))
    assert check_cached(own, kept).has_errors
    assert check_cached(own, kept).remembered
    shop.rename(tmp_path / "gone")
    assert [checked.remembered for checked in both(own, kept)] == [False, False]


def test_a_new_orderflow_looks_again(shop: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    check_cached(shop, kept)
    monkeypatch.setattr("orderflow.service.checking.program", lambda: "another one")
    assert not check_cached(shop, kept).remembered


def test_the_program_is_told_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("")
    before = fingerprint.program(tmp_path)
    assert fingerprint.program(tmp_path) == before
    os.utime(tmp_path / "__init__.py", (1, 1))
    assert fingerprint.program(tmp_path) != before
    assert fingerprint.program() == fingerprint.program(Path(checking.__file__).parents[1])


@pytest.mark.parametrize("odd", ["link", "link to a folder", "pipe", "not UTF-8", "large"])
def test_what_is_unusual_is_never_remembered(shop: Path, kept: Kept, odd: str, tmp_path: Path) -> None:
    place = shop / "odd.yaml"
    match odd:
        case "link":
            place.symlink_to(shop / "order.yaml")
        case "link to a folder":
            place.symlink_to(tmp_path)
        case "pipe":
            os.mkfifo(place)
        case "not UTF-8":
            place.write_bytes(b"entity: \xff\n")
        case "large":
            place.write_bytes(b"#" * (1 << 20) + b"#\n")
    assert [checked.remembered for checked in both(shop, kept)] == [False, False]


def test_a_file_that_changes_while_it_is_checked_is_not_remembered(
    shop: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def then_changed(folder: str) -> fingerprint.Snapshot | None:
        found = snapshot(folder)
        (shop / "order.yaml").write_text(ORDER.replace("to: done", "to: dne"))
        return found

    monkeypatch.setattr("orderflow.service.checking.snapshot", then_changed)
    assert check_cached(shop, kept).has_errors
    monkeypatch.undo()
    (shop / "order.yaml").write_text(ORDER)
    assert check_cached(shop, kept).diagnostics == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"not JSON",
        b'{"counts":null,"below":[],"diagnostics":[[]]}',
        b'{"counts":null,"below":[],"diagnostics":{}}',
        b'{"counts":[1,2,3,4,5],"below":[],"diagnostics":[]}',
        b'{"counts":["a","b",-1,0,0],"below":[],"diagnostics":[]}',
        b'{"counts":["a","b"],"below":[],"diagnostics":[]}',
        b'{"counts":"abcde","below":[],"diagnostics":[]}',
        b'{"counts":null,"below":[["/","/","0"]],"diagnostics":[]}',
        b'{"counts":null,"below":[[1,2,3]],"diagnostics":[]}',
        b'{"counts":null,"below":[[]],"diagnostics":[]}',
        b'{"counts":null,"below":1,"diagnostics":[]}',
        b"[" * 100_000,
        b'{"counts":null,"below":[],"diagnostics":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ],
)
def test_an_answer_of_another_shape_is_none(shop: Path, kept: Kept, content: bytes) -> None:
    check_cached(shop, kept)
    assert kept.folder is not None
    (path,) = kept.folder.iterdir()
    kept.write(path.stem, content)
    checked = check_cached(shop, kept)
    assert not checked.remembered
    assert checked.diagnostics == ()
    assert check_cached(shop, kept).remembered


def test_remembering_imports_nothing_that_compiles(shop: Path, kept: Kept) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from orderflow.service.checking import check_cached\nfrom orderflow.service.kept import Kept\n"
        "print(check_cached(sys.argv[1], Kept(Path(sys.argv[2]))).remembered)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('yaml', 'jsonschema', 'networkx', 'pydantic')"
        " or name.startswith(('orderflow.compiler', 'orderflow.expr', 'orderflow.checks', 'orderflow.model'))])\n"
    )
    said = []
    for _ in range(2):
        command = [sys.executable, "-c", program, str(shop), str(kept.folder)]
        said.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines())
    assert said[0][0] == "False"
    assert said[1] == ["True", "[]"]


def test_checking_clean_rules_imports_nothing_heavy(shop: Path) -> None:
    program = (
        "import sys\nfrom orderflow.bootstrap import check\nassert check(sys.argv[1]) == []\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsonschema', 'networkx', 'pydantic')"
        " or name.startswith(('orderflow.engine', 'orderflow.service'))])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(shop)], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"
