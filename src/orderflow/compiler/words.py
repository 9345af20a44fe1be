"""How values and the kinds of value that a key takes are called in messages."""

from typing import Any

from orderflow.diagnostics.message import NOTHING, Message, joined

_TYPES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a group of keys",
    "null": "nothing",
}


def needs(schema: Any) -> str:
    """What a part of the schema asks for, in plain words, which are words of the language or a message of such."""
    if not isinstance(schema, dict):
        return "another value"
    if "x-needs" in schema:
        return str(schema["x-needs"])
    if "$ref" in schema:
        return "a group of keys"
    if "enum" in schema:
        options = joined([Message("`{option}`", option=option) for option in schema["enum"]])
        return Message("one of {listed}", listed=options)
    if "anyOf" in schema:
        branches = dict.fromkeys(needs(branch) for branch in schema["anyOf"] if branch != {"type": "null"})
        return joined(branches, " or ")
    kinds = schema.get("type", ())
    listed = [kinds] if isinstance(kinds, str) else list(kinds)
    return joined([_TYPES[kind] for kind in listed], " or ") if listed else "another value"


def described(sentence: str) -> Message:
    """A description of the schema in brackets, as it goes on after a key; its braces are its own."""
    first = sentence[:1] if sentence[1:2].isupper() else sentence[:1].lower()
    text = f"({first}{sentence[1:].rstrip('.')})"
    return Message(text.replace("{", "{{").replace("}", "}}")) if sentence else NOTHING


def said(value: object) -> str:
    """What a user wrote, in plain words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f"`{value}`" if len(value) <= 60 else f"`{value[:60]}…`"
        case list():
            return "a list"
        case dict():
            return "a group of keys"
    return f"`{value}`"
