"""SARIF logs: by the standard's own schema, and what code scanning takes from them."""

import json
import pickletools
import sqlite3
from collections.abc import Callable
from importlib.metadata import distribution

import jsonschema
import pytest

from orderflow.diagnostics import Diagnostic, Fix, Label, Message, Severity, Span, codes, page
from orderflow.diagnostics.formats.sarif import to_sarif
from orderflow.diagnostics.translation import translator

FILE = "规则/order a.yaml"
TITLE = "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"


@pytest.fixture(scope="module")
def schema() -> dict[str, object]:
    """The schema of SARIF 2.1.0, from the package `schemastore`: answers kept by its HTTP client, read without it."""
    kept = distribution("schemastore").locate_file("schemastore/cache.sqlite")
    connection = sqlite3.connect(f"file:{kept}?mode=ro&immutable=1", uri=True)
    query = "SELECT value FROM responses WHERE instr(value, CAST(? AS BLOB))"
    ((answer,),) = connection.execute(query, (f'"{TITLE}"',)).fetchall()
    connection.close()
    content = next(arg for _, arg, _ in pickletools.genops(answer) if isinstance(arg, bytes))
    found: dict[str, object] = json.loads(content)
    assert found["title"] == TITLE
    return found


def at(line: int, column: int, length: int, file: str = FILE) -> Span:
    return Span(file, line, column, line, column + length)


FOUND = [
    Diagnostic(
        "OF101",
        Message("unknown state `{name}`", name="shiped"),
        at(2, 7, 6),
        note=Message("not a state"),
        labels=(Label(at(1, 1, 2), Message("similar state defined here")),),
        fix=Fix(Message("replace with `shipped`"), at(2, 7, 6), "shipped"),
    ),
    Diagnostic("OF104", Message("nothing uses it"), Span(FILE, 3, 1, 4, 1), Severity.WARNING),
    Diagnostic(
        "OF104", Message("nothing uses it"), at(5, 1, 0), Severity.WARNING, fix=Fix(Message("use it"))
    ),
]


def results(found: list[Diagnostic], say: Callable[[str], str] = str) -> list[dict[str, object]]:
    log = json.loads(to_sarif(found, {FILE: "a:\n  to: shiped\n\n\n"}, say))
    (run,) = log["runs"]
    found_results: list[dict[str, object]] = run["results"]
    return found_results


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_sarif(lang: str, schema: dict[str, object]) -> None:
    every = [Diagnostic(code, Message("x {y}", y="{z}"), at(1, 1, 1)) for code in codes()]
    for found in ([], FOUND, every):
        jsonschema.Draft7Validator(schema).validate(json.loads(to_sarif(found, {}, lang=lang)))


def test_rules_are_told_in_the_language() -> None:
    (run,) = json.loads(to_sarif(FOUND, {}, translator("zh"), lang="zh"))["runs"]
    assert run["language"] == "zh-CN"
    rule = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "OF101")
    assert rule["name"] == "UnknownName"
    assert rule["shortDescription"] == {"text": "未知的名称"}
    assert rule["fullDescription"]["text"].startswith("使用了没有定义的键、")
    assert rule["help"]["text"] == rule["help"]["markdown"] == page("OF101", translator("zh"))


def test_the_schema_finds_fault_with_what_is_none(schema: dict[str, object]) -> None:
    log = json.loads(to_sarif(FOUND, {}))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(log)


def test_a_result_says_where_and_what_to_do() -> None:
    first, second, third = results(FOUND)
    place = {"artifactLocation": {"uri": "%E8%A7%84%E5%88%99/order%20a.yaml"}}
    region = {"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 13}
    replacement = {"deletedRegion": region, "insertedContent": {"text": "shipped"}}
    assert {**first, "partialFingerprints": None} == {
        "ruleId": "OF101",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "unknown state `shiped`\nfix: replace with `shipped`"},
        "locations": [
            {"physicalLocation": {**place, "region": region}, "message": {"text": "not a state"}},
        ],
        "partialFingerprints": None,
        "relatedLocations": [
            {
                "id": 1,
                "physicalLocation": {
                    **place,
                    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 3},
                },
                "message": {"text": "similar state defined here"},
            }
        ],
        "fixes": [
            {
                "description": {"text": "replace with `shipped`"},
                "artifactChanges": [{**place, "replacements": [replacement]}],
            }
        ],
    }
    assert (second["level"], second["ruleIndex"], "fixes" in second) == ("warning", 1, False)
    assert third["message"] == {"text": "nothing uses it\nfix: use it"}
    assert "fixes" not in third


def test_rules_carry_their_pages() -> None:
    (run,) = json.loads(to_sarif(FOUND, {}))["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    first, second = run["tool"]["driver"]["rules"]
    assert (first["id"], first["name"], first["shortDescription"]) == (
        "OF101",
        "UnknownName",
        {"text": "unknown name"},
    )
    assert first["help"]["markdown"].startswith("# OF101: unknown name\n")
    assert first["helpUri"].endswith("#of101")
    assert second["id"] == "OF104"


def test_fingerprints_are_unique() -> None:
    prints = [str(result["partialFingerprints"]) for result in results(FOUND)]
    assert len(set(prints)) == 3
    assert prints == [str(result["partialFingerprints"]) for result in results(FOUND, str.upper)]


def test_a_file_outside_of_the_repository_has_a_whole_address() -> None:
    log = to_sarif([Diagnostic("OF101", Message("x"), at(1, 1, 1, "/else where/a.yaml"))], {}, root="/repo")
    assert '"uri": "file:///else%20where/a.yaml"' in log
