"""The signatures of registered actions: what `use:` may name and which parameters it takes."""

from typing import NamedTuple


class ActionSignature(NamedTuple):
    """A registered action: required and optional parameters, each a text that may hold `{expressions}`."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    does: str


#: The actions that orderflow itself knows; a caller may pass more to `load`.
SIGNATURES = {
    signature.name: signature
    for signature in (
        ActionSignature("notify", ("to", "message"), ("via",), "tell a person or a group"),
        ActionSignature("print", ("document", "content"), ("to",), "print a card or a label"),
        ActionSignature("post", ("system", "message"), (), "hand data over to another system"),
    )
}
