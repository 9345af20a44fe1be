"""The digest of a rule set's content: the same whatever its comments, layout and order of files."""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal

from orderflow.compiler.nodes import MapNode
from orderflow.compiler.scalar import Data, plain

#: Maps whose order means something: of two transitions that fire together the first is taken, of two warehouses that
#: rank alike the first one serves, and of two pools the first is drawn on.
_ORDERED = frozenset({"transitions", "warehouses", "pools"})


def digest(documents: Iterable[MapNode], base: str = "") -> str:
    """The SHA-256, in hexadecimal, of the canonical JSON of some rule documents.

    Args:
        documents: the trees of the files, in any order, scenarios left out.
        base: the digest of the rule set that they extend.
    """
    texts = sorted(_canonical(plain(document)) for document in documents)
    content = "\n".join([base, *texts] if base else texts)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(data: Data) -> str:
    return json.dumps(
        _ordered(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_number
    )


def _ordered(data: Data) -> object:
    match data:
        case dict():
            return {
                key: [[name, _ordered(part)] for name, part in value.items()]
                if key in _ORDERED and isinstance(value, dict)
                else _ordered(value)
                for key, value in data.items()
            }
        case list():
            return [_ordered(item) for item in data]
    return data


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    raise TypeError(value)
