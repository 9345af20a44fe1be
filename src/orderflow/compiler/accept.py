"""The published JSON Schema as Python functions that say yes quickly.

Most files are right. For these it is enough to know that they fit, and a closure for each part of the schema, called
on the located tree itself, says so many times faster than a validator that could also say why not. It only ever
says yes where `jsonschema` would: a keyword that it does not know makes it say no, and `jsonschema` has the word.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from orderflow.compiler.nodes import ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.scalar import Value, resolve

#: Says whether a node fits.
Accepts = Callable[[Node], bool]

#: Keywords that describe and demand nothing (JSON Schema 2020-12, validation, section 9).
_ANNOTATIONS = frozenset(
    {
        *("title", "description", "default", "examples", "deprecated", "$schema", "$id", "$defs", "$comment"),
        *("enumDescriptions", "patternErrorMessage"),  # what editors show
    }
)
_OF_MAPS = frozenset({"properties", "additionalProperties", "required", "minProperties"})
_OF_LISTS = frozenset({"items", "minItems", "maxItems"})
_OF_SCALARS = frozenset({"minLength", "maxLength", "pattern", "minimum", "maximum", "enum", "const"})
_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
}


def compiled(definitions: Mapping[str, Any]) -> Mapping[str, Accepts]:
    """The definitions of a schema by name, each as a function.

    Args:
        definitions: what stands under `$defs`; `$ref` may name these and nothing else.
    """
    made: dict[str, Accepts] = {}
    for name, part in definitions.items():
        made[name] = _accepts(part, made)
    return made


def _accepts(part: Any, made: Mapping[str, Accepts]) -> Accepts:
    if not isinstance(part, Mapping):
        return _always if part is True else _never
    asked = {key for key in part if key not in _ANNOTATIONS and not key.startswith("x-")}
    if not asked:
        return _always
    if asked == {"$ref"}:
        return _reference(part["$ref"], made)
    if asked == {"anyOf"}:
        return _one_of(tuple(_accepts(branch, made) for branch in part["anyOf"]))
    kinds = part.get("type")
    if kinds is None or not asked <= {"type", *_OF_MAPS, *_OF_LISTS, *_OF_SCALARS}:
        return _never
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    ways: list[Accepts] = []
    if "object" in names:
        ways.append(_map(part, made))
    if "array" in names:
        ways.append(_list(part, made))
    scalars = [name for name in names if name not in ("object", "array")]
    if scalars:
        ways.append(_scalar(part, scalars))
    return ways[0] if len(ways) == 1 else _one_of(tuple(ways))


def _always(node: Node) -> bool:
    return True


def _never(node: Node) -> bool:
    return False


def _reference(where: str, made: Mapping[str, Accepts]) -> Accepts:
    name = where.removeprefix("#/$defs/")

    def accepts(node: Node) -> bool:
        return made[name](node)  # looked up when it is asked: definitions may name one another in a circle

    return accepts


def _one_of(ways: tuple[Accepts, ...]) -> Accepts:
    def accepts(node: Node) -> bool:
        return any(way(node) for way in ways)

    return accepts


def _map(part: Mapping[str, Any], made: Mapping[str, Accepts]) -> Accepts:
    known = {name: _accepts(value, made) for name, value in part.get("properties", {}).items()}
    others = _accepts(part.get("additionalProperties", True), made)
    required = frozenset(part.get("required", ()))
    least = part.get("minProperties", 0)
    if part.keys() & {"enum", "const"}:
        return _never

    def accepts(node: Node) -> bool:
        if type(node) is not MapNode or len(node.entries) < least:
            return False
        missing = len(required)
        for entry in node.entries:
            name = entry.name
            if not known.get(name, others)(entry.value):
                return False
            if name in required:
                missing -= 1  # each name stands once
        return missing == 0

    return accepts


def _list(part: Mapping[str, Any], made: Mapping[str, Accepts]) -> Accepts:
    each = _accepts(part.get("items", True), made)
    least, most = part.get("minItems", 0), part.get("maxItems")
    if part.keys() & {"enum", "const"}:
        return _never

    def accepts(node: Node) -> bool:
        if type(node) is not ListNode or len(node.items) < least:
            return False
        if most is not None and len(node.items) > most:
            return False
        return all(map(each, node.items))

    return accepts


def _scalar(part: Mapping[str, Any], names: list[str]) -> Accepts:
    if any(name not in _KINDS for name in names):
        return _never
    kinds = frozenset(kind for name in names for kind in _KINDS[name])
    options = [part["const"]] if "const" in part else part.get("enum")
    if "const" in part and "enum" in part:
        return _never
    if options is not None:
        if not all(isinstance(option, str) for option in options):
            return _never  # `1 == True` in Python and not in JSON
        allowed = frozenset(options)
    shortest, longest = part.get("minLength", 0), part.get("maxLength")
    pattern = re.compile(part["pattern"]) if "pattern" in part else None
    lowest, highest = part.get("minimum"), part.get("maximum")

    def text_fits(value: str) -> bool:
        if len(value) < shortest or (longest is not None and len(value) > longest):
            return False
        return pattern is None or pattern.search(value) is not None

    def number_fits(value: int | Decimal) -> bool:
        return (lowest is None or value >= lowest) and (highest is None or value <= highest)

    def accepts(node: Node) -> bool:
        if type(node) is not ScalarNode:
            return False
        value: Value = resolve(node)
        kind = type(value)
        if kind not in kinds or (options is not None and value not in allowed):
            return False
        if isinstance(value, str):
            return text_fits(value)
        if kind is int or kind is Decimal:
            return number_fits(value)  # type: ignore[arg-type]
        return True

    return accepts
