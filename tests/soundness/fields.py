"""Draws fields: of entities, of rows, of what events carry."""

from dataclasses import replace
from typing import Any

from tests.soundness.sight import CENTURY, WHOLE, Seen
from tests.soundness.tape import Tape

Yaml = dict[str, Any]
#: The kinds of plain fields.
PLAIN = ("integer", "money", "text", "bool", "choice", "datetime", "decimal", "date", "duration", "location")
OPTIONS = (("red", "blue"), ("a", "b", "c"), ("浙江", "新疆"), ("gold", "basic"))
DEFAULTS = {
    "integer": (0, 7, 10**18 - 1, -3), "decimal": ("0.5", "0", "-2.000001"), "money": (0, 3), "bool": ("false", "true"),
    "text": ("none", "ß"), "datetime": ("2026-03-29T02:30:00", "1970-01-01T00:00:00+00:00"), "date": ("2026-02-03", "2199-12-31"),
    "duration": ("2h", "36525d"), "location": ([0, 0], [90, -180]),
}  # fmt: skip
_SIZES = {"duration": CENTURY, "datetime": 0.0, "date": 0.0, "text": 1e6}


def field(tape: Tape, name: str, kind: str, *, given: bool = False) -> tuple[Yaml, Seen]:
    """A plain field: as YAML, and as expressions see it.

    Args:
        tape: where the choices come from.
        name: its name.
        kind: its kind.
        given: whether nobody need give it a value.
    """
    made: Yaml = {"type": kind}
    seen = Seen(name, kind, size=_SIZES.get(kind, WHOLE))
    if kind == "choice":
        options = tape.pick(OPTIONS)
        made["options"] = list(options) if tape.below(2) else {each: each.upper() for each in options}
        seen = replace(seen, options=options)
    if kind in ("integer", "money", "decimal") and tape.below(3):
        low, high = tape.pick(((1, 100), (0, 50), (-50, 50), (1, 10**6), (0, 10**12)))
        made |= {"at_least": low, "at_most": high}
        seen = replace(seen, size=high, positive=low > 0)
        tape.note("bounds")
    how = tape.below(4)
    if how == 1 or (given and how == 3):
        made["optional"] = True
        seen = replace(seen, optional=True)
        tape.note("optional")
    elif how == 2 or given:
        default = made["options"] if kind == "choice" else DEFAULTS[kind]
        made["default"] = min(max(1, 0), 1) if "at_most" in made else tape.pick(list(default))
        tape.note("default")
    if kind == "text" and tape.chance(15) and "default" not in made:
        made["pattern"] = tape.pick(("cn_mobile", "email", "digits"))
        tape.note("pattern")
    if tape.chance(10):
        made["private"] = True
        tape.note("private")
    if tape.chance(20):
        made["label"] = "名称"
    tape.note(f"field {kind}")
    return made, seen


def some_fields(
    tape: Tape, prefix: str, least: int, most: int, *, given: bool = False, contracts: bool = False
) -> tuple[dict[str, Yaml], list[Seen]]:
    """Some plain fields of different kinds."""
    made: dict[str, Yaml] = {}
    names: list[Seen] = []
    for number in range(least + tape.below(most - least + 1)):
        name = f"{prefix}{number}"
        made[name], seen = field(tape, name, tape.pick(PLAIN), given=given)
        if contracts:
            _contract(tape, made[name], seen)
        names.append(seen)
    return made, names


def _contract(tape: Tape, made: Yaml, seen: Seen) -> None:
    """How it may change."""
    match tape.below(7):
        case 1:
            made["changes"] = "never"
        case 2 if seen.optional:
            made["changes"] = "once"
        case 3 if seen.kind in ("integer", "decimal", "money", "datetime", "date", "duration"):
            made["changes"] = "grows"
        case 4:
            made["reason"] = "required"
    if "changes" in made:
        tape.note(f"changes {made['changes']}")


def record(tape: Tape, prefix: str) -> tuple[Yaml, list[Seen]]:
    """A kind of row with a key, a SKU and a quantity."""
    fields: dict[str, Yaml] = {
        f"{prefix}no": {"type": "integer"},
        "sku": {"type": "text"},
        "quantity": {"type": "integer", "at_least": 1, "at_most": tape.pick((100, 10**6))},
    }
    more, names = some_fields(tape, prefix, 0, 3)
    seen = [
        Seen(f"{prefix}no", "integer"),
        Seen("sku", "text"),
        Seen("quantity", "integer", size=fields["quantity"]["at_most"], positive=True),
        *names,
    ]
    return {"key": f"{prefix}no", "fields": {**fields, **more}}, seen
