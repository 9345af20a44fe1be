"""Families as compact JSON and back, exactly: the types are the rule set's, so the text carries none."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from orderflow.diagnostics.errors import StorageError
from orderflow.expr.types import Kind
from orderflow.model.definition import Definition, Field
from orderflow.model.plain import length_of, moment_text, plain, tupled
from orderflow.model.record import Family, Holding, Record

#: How the text of a family is laid out; a number that is not known is refused.
LAYOUT: Final = 1
_PARTS: Final = 6

Decoder = Callable[[Any], object]

_moment = datetime.fromisoformat
_DECODERS: Final[Mapping[Kind, Decoder]] = {
    Kind.DECIMAL: Decimal,
    Kind.MONEY: Decimal,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: _moment,
    Kind.DURATION: length_of,
}


class Codec:
    """Writes and reads the families of one rule set.

    A field that the rule set no longer has keeps the plain text or number that was stored, and so does a
    value that its field's type no longer takes; a field that came later gets its default.

    Args:
        definition: the rule set whose fields give the types.
    """

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._decoders = {name: _decoders(entity.fields) for name, entity in definition.entities.items()}
        self._defaults = {
            name: {field.name: field.default for field in entity.fields.values()}
            for name, entity in definition.entities.items()
        }
        self._dumps = json.JSONEncoder(
            ensure_ascii=False, check_circular=False, separators=(",", ":"), default=plain
        ).encode
        self._loads = json.JSONDecoder().decode

    def __reduce__(self) -> tuple[type["Codec"], tuple[Definition]]:
        return (Codec, (self._definition,))

    def dumps_family(self, family: Family) -> str:
        """The family as one line of JSON.

        Raises:
            StorageError: a field holds what is no value of the model.
        """
        return self._dumps(
            [
                LAYOUT,
                family.version,
                family.wake,
                family.waiting,
                family.digest,
                _record(family.root),
                {name: [_record(child) for child in several] for name, several in family.children.items()},
            ]
        )

    def loads_family(self, text: str) -> Family:
        """The family that `dumps_family` wrote.

        Raises:
            StorageError: the text is not what it wrote.
        """
        try:
            layout, *parts = self._loads(text)
            if layout != LAYOUT or len(parts) != _PARTS:
                raise StorageError(
                    "a stored record was written by another version of orderflow; use that one, "
                    "or run the files again into a new database"
                )
            version, wake, waiting, digest, root, children = parts
            return Family(
                self._read(root),
                {name: tuple([self._read(child) for child in several]) for name, several in children.items()},
                version,
                None if wake is None else _moment(wake),
                tuple(waiting),
                digest,
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise StorageError(f"a stored record cannot be read: {error}") from None

    def _read(self, stored: list[Any]) -> Record:
        entity, record_id, state, fields, entered, reached, held = stored
        for name, decode in self._decoders.get(entity, ()):
            value = fields.get(name)
            if value is not None:
                fields[name] = _decoded(decode, value)
        defaults = self._defaults.get(entity, {})
        if fields.keys() != defaults.keys():
            fields = {name: tupled(value) for name, value in {**defaults, **fields}.items()}
        return Record(
            entity,
            record_id,
            state,
            fields,
            {name: _moment(moment) for name, moment in entered.items()},
            {name: _moment(moment) for name, moment in reached.items()},
            {name: _holding(units) for name, units in held.items()} if held else {},
        )


def _record(record: Record) -> list[object]:
    return [
        record.entity,
        record.id,
        record.state,
        record.fields,
        {name: moment_text(moment) for name, moment in record.entered.items()},
        {name: moment_text(moment) for name, moment in record.reached.items()},
        record.held,
    ]


def _holding(units: list[list[Any]]) -> Holding:
    return tuple([(sku, quantity) for sku, quantity in units])


def _decoders(fields: Mapping[str, Field]) -> tuple[tuple[str, Decoder], ...]:
    """The fields whose values JSON has no notation for, each with the function that reads it."""
    return tuple(
        [(name, decode) for name, field in fields.items() if (decode := _decoder(field)) is not None]
    )


def _decoder(field: Field) -> Decoder | None:
    if field.type.kind is not Kind.LIST:
        return _DECODERS.get(field.type.kind)
    parts = _decoders(field.rows.fields) if field.rows is not None else ()

    def rows(value: list[Any]) -> object:
        for row in value:
            for name, decode in parts:
                if row.get(name) is not None:
                    row[name] = _decoded(decode, row[name])
        return tuple(value)

    return rows


def _decoded(decode: Decoder, value: object) -> object:
    try:
        return decode(value)
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        return tupled(value)  # written under another type: kept as it was stored
