"""Values of the model as compact JSON and back, exactly, without a rule set at hand.

Text, whole numbers, truth values and missing ones stand as JSON has them. The others carry a tag, so that
what was written under one version of a rule set can be read under any: `{"$number": "12.50"}`,
`{"$moment": "…"}`, `{"$day": "2026-02-03"}`, `{"$seconds": 90}`. No field can be called like a tag: `$` is
in no name.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from orderflow.diagnostics.errors import StorageError

_MICROSECOND = timedelta(microseconds=1)


def moment_text(moment: datetime) -> str:
    """An aware moment as ISO 8601 in UTC; such texts sort as the moments do."""
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()


def seconds_of(length: timedelta) -> int | str:
    """A length of time in seconds; a text where they are not whole."""
    whole, rest = divmod(length // _MICROSECOND, 1_000_000)
    return whole if not rest else str(Decimal(whole) + Decimal(rest).scaleb(-6))


def length_of(seconds: int | str) -> timedelta:
    """The length of time that `seconds_of` wrote."""
    if isinstance(seconds, str):
        return timedelta(microseconds=int(Decimal(seconds).scaleb(6)))
    return timedelta(seconds=seconds)


def plain(value: object) -> object:
    """What JSON has no notation for, as text or number without a tag; for `json`'s `default`."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return seconds_of(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise StorageError(f"a value of `{value}` cannot be stored")


def _tagged(value: object) -> object:
    if isinstance(value, Decimal):
        return {"$number": str(value)}
    if isinstance(value, datetime):
        return {"$moment": moment_text(value)}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, timedelta):
        return {"$seconds": seconds_of(value)}
    return plain(value)


_UNTAGGED: Mapping[str, Callable[..., object]] = {
    "$number": Decimal,
    "$moment": datetime.fromisoformat,
    "$day": date.fromisoformat,
    "$seconds": length_of,
}


def _untagged(found: dict[str, object]) -> object:
    if len(found) == 1:
        (tag,) = found
        if tag in _UNTAGGED:
            return _UNTAGGED[tag](found[tag])
    return found


_dumps = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_tagged
).encode
_loads = json.JSONDecoder(object_hook=_untagged).decode


def dumps_tagged(value: object) -> str:
    """A value, or a structure of lists and dicts of them, as compact JSON with tags."""
    return _dumps(value)


def loads_tagged(text: str) -> object:
    """What `dumps_tagged` wrote; lists stay lists.

    Raises:
        StorageError: the text is not what it wrote.
    """
    try:
        return _loads(text)
    except (ValueError, ArithmeticError, TypeError) as error:
        raise StorageError(f"a stored text cannot be read: {error}") from None


def tupled(value: object) -> object:
    """A value as the model has it: a list of rows is a tuple, at any depth."""
    if isinstance(value, list):
        return tuple([tupled(part) for part in value])
    if isinstance(value, dict):
        return {name: tupled(part) for name, part in value.items()}
    return value
