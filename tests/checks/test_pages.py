"""The examples on the codes' pages: the bad ones give their code, the good ones pass."""

import re
from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.diagnostics.catalogue import PAGES

FIELDS = {
    "order_id": "{type: text, changes: never}",
    "amount_paid": "{type: money, label: Paid, default: 0, at_least: 0}",
    "paid_at": "{type: datetime, label: Paid at, optional: true}",
    "placed_at": "{type: datetime, label: Placed at}",
    "lines": "{type: list of line, label: Lines}",
}
RECORDS = "records: {line: {fields: {sku: text, quantity: {type: integer, at_least: 1}}}}\n"
SECTIONS = ("fields", "states", "events", "transitions")
#: What stands in files of its own.
FILES = ("actions", "tables", "queues")


def _sections(example: str) -> dict[str, str]:
    """The lines below each key of an example at the margin; a value on the key's own line counts as one."""
    found: dict[str, str] = {}
    for part in re.split(r"^(?=\w)", example, flags=re.MULTILINE):
        key, _, rest = part.partition(":")
        if key.strip():
            found[key.strip()] = rest.rstrip() + "\n"
    return found


def _names(lines: str) -> set[str]:
    return set(re.findall(r"^  (\w+):", lines, flags=re.MULTILINE))


def _check(example: str, states: set[str], folder: Path, *, whole: bool) -> Compiled:
    """Check an example within a rule set that has all that it speaks of and leaves out.

    Args:
        example: the example.
        states: those that its transitions name.
        folder: where the rule set is written.
        whole: add ways in and out for the states that it declares itself.
    """
    given = _sections(re.sub(r"^#.*\n?", "", example, flags=re.MULTILINE))
    own = dict.fromkeys(SECTIONS, "")
    for name, type_ in FIELDS.items():
        if name not in _names(given.get("fields", "")):
            own["fields"] += f"  {name}: {type_}\n"
    declared = given.get("states", "")
    first = next(iter(re.findall(r"(\w+): \{initial", declared)), "start")
    if not declared or whole:
        states = (states | _names(declared)) - {first, *re.findall(r"(\w+): \{final", declared)}
        own["states"] = "".join(f"  {name}:\n" for name in sorted(states - _names(declared)))
        if states or "transitions" not in given:
            own["states"] += "  the_end: {final: true}\n"
        own["states"] += "" if first in declared else f"  {first}: {{initial: true}}\n"
        if not states and "transitions" not in given:
            own["transitions"] += f"  finish: {{from: {first}, to: the_end, event: finish}}\n"
        for name in sorted(states):
            own["transitions"] += f"  enter_{name}: {{from: {first}, to: {name}, event: enter_{name}}}\n"
            own["transitions"] += f"  leave_{name}: {{from: {name}, to: the_end, event: leave_{name}}}\n"
    sent = set(re.findall(r"event: (\w+)", given.get("transitions", "") + own["transitions"]))
    own["events"] = "".join(f"  {name}:\n" for name in sorted(sent - _names(given.get("events", ""))))
    text = f"entity: order\nkey: order_id\n{RECORDS}"
    for section, lines in own.items():
        said = given.get(section, "\n")
        if not said.startswith("\n"):
            text += f"{section}:{said}"  # of another kind
        elif said.strip() or lines:
            text += f"{section}:{said}{lines}"
    text += "".join(f"{key}:{value}" for key, value in given.items() if key not in (*SECTIONS, *FILES))
    files = {"ruleset": "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\nroles: [carrier]\n", "order": text}
    files |= {key: f"{key}:{given[key]}" for key in FILES if key in given}
    files["warehouses"] = "warehouses: {main: {}}\n"
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return check_folder(folder)


@pytest.mark.parametrize("code", sorted(PAGES))
def test_the_examples_of_a_page_are_what_they_say(code: str, tmp_path: Path) -> None:
    page = PAGES[code]
    states = set(re.findall(r"(?:from|to): (\w+)", page.good))
    bad = _check(page.bad, states, tmp_path, whole=False)
    assert code in {found.code for found in bad.diagnostics}
    good = _check(page.good, states, tmp_path, whole=True)
    assert [found.message for found in good.diagnostics if code == found.code or good.has_errors] == []
