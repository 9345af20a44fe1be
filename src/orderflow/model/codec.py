"""Families as compact JSON and back, exactly: the types are the rule set's, so the text carries none."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from orderflow.diagnostics.errors import StorageError
from orderflow.expr.types import Kind, Type
from orderflow.model.definition import Definition, Field
from orderflow.model.plain import length_of, moment_text, plain, tupled
from orderflow.model.record import Family, Held, HoldOn, Record, Standing

#: How the text of a family is laid out; a number that is not known is refused.
LAYOUT: Final = 2
_PARTS: Final = 7

Decoder = Callable[[Any], object]

_moment = datetime.fromisoformat


def _location(degrees: list[str]) -> object:
    latitude, longitude = degrees
    return Decimal(latitude), Decimal(longitude)


_DECODERS: Final[Mapping[Kind, Decoder]] = {
    Kind.DECIMAL: Decimal,
    Kind.MONEY: Decimal,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: _moment,
    Kind.DURATION: length_of,
    Kind.LOCATION: _location,
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
                family.standing,
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
            version, wake, waiting, digest, standing, root, children = parts
            return Family(
                self._read(root),
                {name: tuple([self._read(child) for child in several]) for name, several in children.items()},
                version,
                None if wake is None else _moment(wake),
                tuple(waiting),
                digest,
                tuple([Standing(queue, record, _moment(since)) for queue, record, since in standing]),
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise StorageError(f"a stored record cannot be read: {error}") from None

    def _read(self, stored: list[Any]) -> Record:
        entity, record_id, state, fields, entered, reached, held, *beside = stored
        for name, decode in self._decoders.get(entity, ()):
            value = fields.get(name)
            if value is not None:
                fields[name] = _decoded(decode, value)
        defaults = self._defaults.get(entity, {})
        if fields.keys() != defaults.keys():
            fields = {name: tupled(value) for name, value in {**defaults, **fields}.items()}
        record = Record(
            entity,
            record_id,
            state,
            fields,
            {name: _moment(moment) for name, moment in entered.items()},
            {name: _moment(moment) for name, moment in reached.items()},
            {name: tuple([Held(*one) for one in several]) for name, several in held.items()} if held else {},
        )
        if beside:
            holds, paused, tags = beside
            record.holds = {name: HoldOn(_moment(since), *why) for name, (since, *why) in holds.items()}
            record.paused = {name: length_of(length) for name, length in paused.items()}
            record.tags = {name: _moment(since) for name, since in tags.items()}
        return record


def _record(record: Record) -> list[object]:
    stored: list[object] = [
        record.entity,
        record.id,
        record.state,
        record.fields,
        {name: moment_text(moment) for name, moment in record.entered.items()},
        {name: moment_text(moment) for name, moment in record.reached.items()},
        record.held,
    ]
    if record.holds or record.paused or record.tags:  # most records never have any
        stored += [record.holds, record.paused, record.tags]
    return stored


def _decoders(fields: Mapping[str, Field]) -> tuple[tuple[str, Decoder], ...]:
    """The fields whose values JSON has no notation for, each with the function that reads it."""
    return _chosen({name: _field_decoder(field) for name, field in fields.items()})


def _chosen(decoders: Mapping[str, Decoder | None]) -> tuple[tuple[str, Decoder], ...]:
    return tuple([(name, decode) for name, decode in decoders.items() if decode is not None])


def _field_decoder(field: Field) -> Decoder | None:
    if field.type.kind is Kind.LIST and field.rows is not None:
        return _list_decoder(_row_decoder(_decoders(field.rows.fields)))
    return _decoder(field.type)


def _decoder(type_: Type) -> Decoder | None:
    """Reads the values of a type; None where JSON has them as they are."""
    if type_.kind is Kind.LIST:
        return _list_decoder(None if type_.item is None else _decoder(type_.item))
    if type_.kind is Kind.RECORD:
        return _row_decoder(_chosen({name: _decoder(part) for name, part in type_.fields}))
    return _DECODERS.get(type_.kind)


def _list_decoder(item: Decoder | None) -> Decoder:
    if item is None:
        return tuple
    decode = item
    return lambda value: tuple([decode(one) for one in value])


def _row_decoder(parts: tuple[tuple[str, Decoder], ...]) -> Decoder | None:
    if not parts:
        return None

    def row(value: dict[str, Any]) -> object:
        for name, decode in parts:
            if value.get(name) is not None:
                value[name] = _decoded(decode, value[name])
        return value

    return row


def _decoded(decode: Decoder, value: object) -> object:
    try:
        return decode(value)
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        return tupled(value)  # written under another type: kept as it was stored
