import json
from xml.etree import ElementTree

import pytest

EXPECTED = """\
error[OF101]: unknown state `shiped`
  --> rules/order.yaml:36:9
18 |   shipped:
   |   ------- similar state defined here
36 |     to: shiped
   |         ^^^^^^ not a state
   = fix: replace with `shipped`
   = help: orderflow rule OF101

1 error in 1 file
1 can be repaired by `orderflow check rules --fix`
"""
UNUSED = "actions:\n  tell: {use: notify, to: clerk, message: hello}\n"


def plant(folder):
    file = folder / "order.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("to: shipped", "to: shiped"), encoding="utf-8")


def test_a_clean_rule_set(run, minimal):
    found = run("check", "rules")
    assert (found.code, found.out) == (
        0,
        "my-shop 1.0.0: no findings in 4 states, 4 transitions, 6 scenarios\n",
    )
    assert run("check", "rules", "--format", "json").json == {
        "version": 1,
        "format": "orderflow-check",
        "counts": {"errors": 0, "warnings": 0, "files": 0, "fixable": 0},
        "diagnostics": [],
    }
    assert run("check", "rules", "--format", "concise").out == ""


def test_a_fault_is_shown_in_its_file(run, minimal):
    plant(minimal)
    found = run("check", "rules")
    assert (found.code, found.out, found.err) == (1, EXPECTED, "")


def test_a_fault_as_json_has_its_place(run, minimal):
    plant(minimal)
    found = run("check", "rules", "--format", "json")
    assert found.code == 1
    first = next(one for one in found.json["diagnostics"] if one["code"] == "OF101")
    assert (first["file"], first["line"], first["column"]) == ("rules/order.yaml", 36, 9)
    assert first["fix"]["replacement"] == "shipped"


def test_a_fault_on_one_line(run, minimal):
    plant(minimal)
    found = run("check", "rules", "--format", "concise")
    assert found.code == 1
    assert found.out == "rules/order.yaml:36:9: error[OF101] unknown state `shiped`\n"
    assert found.err == "1 error in 1 file\n1 can be repaired by `orderflow check rules --fix`\n"


def test_other_commands_refuse_faulty_rules_with_the_same_words(run, minimal):
    plant(minimal)
    found = run("graph", "rules")
    assert (found.code, found.out) == (1, "")
    assert EXPECTED.split("\n\n")[0] in found.err


def warn(folder):
    (folder / "actions.yaml").write_text(UNUSED, encoding="utf-8")


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_what_fails_when_there_are_warnings(run, minimal, level, code):
    warn(minimal)
    assert run("check", "rules", "--fail-level", level).code == code


def test_errors_may_be_let_through(run, minimal):
    plant(minimal)
    assert run("check", "rules", "--fail-level", "never").code == 0
    assert run("graph", "rules").code == 1, "but such rules do not load"


def test_what_is_not_shown_does_not_fail(run, minimal):
    plant(minimal)
    found = run("check", "rules", "--ignore", "OF101,OF3", "--ignore", "of104")
    assert (found.code, found.out) == (0, "no findings of the codes asked for; 1 is not shown\n")
    found = run("check", "rules", "--select", "OF2", "--format", "concise")
    assert (found.code, found.out, found.err) == (
        0,
        "",
        "no findings of the codes asked for; 1 is not shown\n",
    )
    assert run("check", "rules", "--select", "OF1", "--select", "OF2").out == EXPECTED
    assert run("check", "rules", "--select", "OF2", "--format", "json").json["diagnostics"] == []
    assert run("graph", "rules").code == 1


def test_some_are_shown_and_some_are_not(run, minimal):
    warn(minimal)
    file = minimal / "actions.yaml"
    comment = "# orderflow: ignore OF205 it is not there\n"
    file.write_text(comment + file.read_text(encoding="utf-8"), encoding="utf-8")
    shown = run("check", "rules", "--ignore", "OF104").out
    assert shown.splitlines()[-3:] == [
        "1 warning in 1 file",
        "1 is not shown",
        "1 can be repaired by `orderflow check rules --fix`",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--select", "OF110"], "there is no code `OF110`; did you mean `OF101`?"),
        (["--ignore", "OF101,OF11O"], "there is no code `OF11O`"),
        (["--statistics", "--format", "sarif"], "`--statistics` goes with `--format text`"),
        (
            ["--watch", "--format", "json"],
            "`--watch` goes with `--format text`, `--format concise`, not with `json`",
        ),
        (["--lang", "fr"], "there is no language `fr`; there are en, zh"),
        (["--format", "xml"], "`xml` is not one of"),
    ],
)
def test_options_that_are_wrong(run, minimal, options, said):
    found = run("check", "rules", *options)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_statistics(run, minimal):
    plant(minimal)
    found = run("check", "rules", "--statistics")
    assert (found.code, found.out) == (
        1,
        "1  OF101  unknown name (1 can be repaired)\n"
        "1 error in 1 file\n"
        "1 can be repaired by `orderflow check rules --fix`\n",
    )
    assert run("check", "rules", "--statistics", "--format", "json").json["statistics"] == [
        {"code": "OF101", "title": "unknown name", "count": 1, "fixable": 1}
    ]


def test_formats_of_programs(run, minimal, monkeypatch):
    plant(minimal)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    folder = minimal.as_posix()
    ran = {name: run("check", folder, "--format", name) for name in ("github", "gitlab", "junit", "sarif")}
    assert {found.code for found in ran.values()} == {1}
    assert {found.err for found in ran.values()} == {""}
    assert ran["github"].out.startswith("::error file=rules/order.yaml,line=36,col=9,")
    assert ran["gitlab"].json[0]["location"] == {
        "path": "rules/order.yaml",
        "lines": {"begin": 36, "end": 36},
    }
    assert ElementTree.fromstring(ran["junit"].out).attrib["failures"] == "1"
    (result,) = ran["sarif"].json["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rules/order.yaml"


def test_formats_of_programs_when_nothing_is_found(run, minimal):
    assert run("check", "rules", "--format", "github").out == ""
    assert run("check", "rules", "--format", "gitlab").json == []
    assert run("check", "rules", "--format", "sarif").json["runs"][0]["results"] == []
    shown = ElementTree.fromstring(run("check", "rules", "--format", "junit").out)
    assert (shown.attrib["failures"], len(shown)) == ("0", 5)


def test_paths_are_seen_from_the_repository(run, minimal, monkeypatch, tmp_path):
    plant(minimal)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    assert "file=rules/order.yaml," in run("check", "../rules", "--format", "github").out
    (entry,) = json.loads(run("check", "../rules", "--format", "gitlab").out)
    assert entry["location"]["path"] == "rules/order.yaml"


def test_the_language_comes_from_the_option_or_else_the_environment(run, minimal, monkeypatch):
    from orderflow.diagnostics import translation

    chinese = {"unknown {what} `{name}`": "未知的{what} `{name}`", "state": "状态"}
    monkeypatch.setattr(translation, "_catalogue", lambda lang: chinese)
    plant(minimal)
    assert "未知的状态 `shiped`" in run("check", "rules", "--lang", "zh").out
    assert "未知的状态 `shiped`" in run("check", "rules", "--lang", "zh", "--format", "gitlab").out
    monkeypatch.setenv("ORDERFLOW_LANG", "zh_CN.UTF-8")
    assert "未知的状态 `shiped`" in run("check", "rules").out
    assert "未知的状态 `shiped`" in run("graph", "rules").err
    assert "unknown state `shiped`" in run("check", "rules", "--lang", "en").out
    monkeypatch.setenv("ORDERFLOW_LANG", "fr")
    assert "unknown state `shiped`" in run("check", "rules").out


def test_the_folder_in_the_hint_can_be_copied(run, minimal, tmp_path, monkeypatch):
    plant(minimal)
    minimal.rename(tmp_path / "my rules")
    assert "`orderflow check 'my rules' --fix`" in run("check", "my rules").out
    monkeypatch.chdir(tmp_path / "my rules")
    assert "`orderflow check --fix`" in run("check").out
