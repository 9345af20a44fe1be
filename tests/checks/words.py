"""The words of rule files that have to be spelled right, found by the published JSON Schema: keys, names, expressions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.compiler.reader import ListNode, MapNode, Node, ScalarNode, read
from orderflow.compiler.schema import FILE_KINDS, schema_of
from orderflow.expr.functions import FUNCTIONS

#: Maps whose keys name what is declared elsewhere; the keys of other maps are names of one's own.
REFERRING = frozenset(
    [
        *(
            "EventDocument.set",
            "TransitionDocument.tell",
            "TransitionDocument.creates",
            "ChannelDocument.columns",
        ),
        *("StepDocument.update", "StepDocument.data", "StepDocument.receive", "ExpectDocument.fields"),
        *("BaseDocument.given", "BaseDocument.stock", "BaseDocument.pools", "OtherDocument.given"),
        *("ScenarioDocument.given", "ScenarioDocument.stock", "ScenarioDocument.pools"),
    ]
)
#: The kinds of map whose free keys are names of parameters, fields or outputs.
FREE_KEYS = frozenset({"ActionDocument", "RowsDocument", "TableRowDocument"})
#: Names of one's own.
OWN = frozenset({"EntityDocument.entity", "RulesetDocument.ruleset", "RulesetDocument.roles"})
#: Maps of values and of departments, whose keys nobody else names.
LOOSE = frozenset({"RowFieldDocument.options", "FieldDocument.options", "StateDocument.known_as"})
_NAMED = ("a name", "a list of names", "a distance")
_WORD = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_HOLE = re.compile(r"\{([^{}]*)\}")
FREE = {"and", "or", "not", "is", "in", "None", "True", "False", "if", "else", "true", "false"}

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a rule file: what sort it is, and where it stands in the file's text."""

    file: str
    sort: str
    start: int
    text: str


def words_of(file: str, text: str) -> list[Word]:
    """Every word of a file that has to be spelled right."""
    tree, found = read(text, file)
    assert tree is not None
    assert found == []
    kind = FILE_KINDS[tree.entries[0].name]
    schema = schema_of(kind)
    # by the names of the models: their titles are there for people
    models = {name: {**model, "title": name} for name, model in schema["$defs"].items()}
    return list(_Words(file, text, models).of(tree, {**schema, "title": kind}, ""))


class _Words:
    def __init__(self, file: str, text: str, models: Schema) -> None:
        self.file = file
        self.models = models
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def at(self, node: ScalarNode) -> int:
        """Where a scalar begins in the text."""
        return self.starts[node.span.line - 1] + node.span.column - 1

    def of(self, node: Node, schema: Schema, place: str) -> Iterator[Word]:
        """The words in a node; `place` is the model and the key that hold it."""
        if place in OWN or place in LOOSE:
            return
        schema = self.meant(schema, node)
        if isinstance(node, ListNode):
            for item in node.items:
                yield from self.of(item, schema.get("items", {}), place)
        elif isinstance(node, MapNode):
            yield from self.map(node, schema, place)
        elif node.raw:
            yield from self.scalar(node, schema, place)

    def meant(self, schema: Schema, node: Node) -> Schema:
        """The form of a value that a node has, references followed."""
        while "$ref" in schema:
            schema = self.models[schema["$ref"].rpartition("/")[2]]
        if "anyOf" not in schema:
            return schema
        wanted = {MapNode: "object", ListNode: "array", ScalarNode: "string"}[type(node)]
        forms = [self.meant(form, node) for form in schema["anyOf"]]
        fit = [form for form in forms if wanted in form.get("type", wanted)]
        return (
            {**{"x-needs": schema["x-needs"]}, **fit[0]} if fit and "x-needs" in schema else (fit or [{}])[0]
        )

    def map(self, node: MapNode, schema: Schema, place: str) -> Iterator[Word]:
        title, known = schema.get("title", ""), schema.get("properties", {})
        for entry in node.entries:
            key, value = entry.name, entry.value
            if key in known:
                yield Word(self.file, f"key of {title}", self.at(entry.key), key)
                yield from self.of(value, known[key], f"{title}.{key}")
                continue
            more = schema.get("additionalProperties", {})
            units = place.endswith((".stock", ".pools", ".receive"))
            if (title in FREE_KEYS or place in REFERRING) and _WORD.fullmatch(key):
                yield Word(self.file, f"key in {title or place}", self.at(entry.key), entry.key.value)
            if units:
                if place.endswith(".pools"):
                    yield from self.map(value, {}, f"{place}.stock") if isinstance(value, MapNode) else ()
            elif title == "TableRowDocument":
                continue
            elif more is True or more == {}:
                yield from self.rows(value)
            elif isinstance(more, Mapping):
                inside = place if place == "TransitionDocument.creates" else f"{title or place}.*"
                yield from self.of(value, more, inside)

    def rows(self, value: Node) -> Iterator[Word]:
        """The keys of rows among the values that a scenario gives."""
        for item in value.items if isinstance(value, ListNode) else ():
            for entry in item.entries if isinstance(item, MapNode) else ():
                yield Word(self.file, "key of a row", self.at(entry.key), entry.key.value)

    def scalar(self, node: ScalarNode, schema: Schema, place: str) -> Iterator[Word]:
        needs, model = schema.get("x-needs", ""), place.partition(".")[0]
        value, start = node.value, self.at(node)
        quote = int(node.style in ("single", "double"))
        if place == "StateDocument.shows" or needs == "an expression":
            yield from self.names_in(node.raw, start, quoted=bool(quote))
        elif needs.startswith("a text, which may hold"):
            for match in _HOLE.finditer(node.raw):
                yield from self.names_in(match[1].split(":")[0], start + match.start(1))
        elif needs.startswith("a type"):
            prefix = next((some for some in ("list of ", "ref ") if value.startswith(some)), "")
            yield Word(self.file, f"type {prefix}".strip(), start + quote + len(prefix), value[len(prefix) :])
        elif place == "MetricDocument.also":
            if value == "median":
                yield Word(self.file, place, start + quote, value)
        elif (
            "enum" in schema
            or "const" in schema
            or needs.startswith(_NAMED)
            or place == "ExpectDocument.refused"
        ):
            text = value.split(" ")[0] if place == "StepDocument.to" else value
            if not text[:1].isdigit() and text not in FREE:
                yield Word(self.file, place if model else "name", start + quote, text)

    def names_in(self, raw: str, start: int, *, quoted: bool = False) -> Iterator[Word]:
        """The names, functions and literals of an expression's source."""
        shown = f" {raw[1:-1]} " if quoted else raw
        inside = [(match.start(), match.end()) for match in _QUOTED.finditer(shown)]
        for match in _WORD.finditer(shown):
            if match.group() in FREE:
                continue
            literal = any(first <= match.start() < last for first, last in inside)
            if literal and not match.group().isascii():
                continue  # a place name: the key of a record that somebody else gives
            sort = "literal" if literal else "function" if match.group() in FUNCTIONS else "name"
            yield Word(self.file, sort, start + match.start(), match.group())
