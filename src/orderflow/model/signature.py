"""The signatures of registered actions: what `use:` may name and which parameters it takes."""

from typing import Literal, NamedTuple


class ActionSignature(NamedTuple):
    """A registered action: required and optional parameters, each a text that may hold `{expressions}`.

    Args:
        undo: whether what it does outside must be taken back by another action: `never`; `held`, where it takes something
            that a record holds and may give back (a `take` needs a `give_back`); `always`, so that it may only stand in a
            `take` (a waybill, an authorised payment).
        key: the parameter, if there is one, by which the other side knows that it has done this before.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    does: str
    undo: Literal["never", "held", "always"] = "held"
    key: str = ""


#: The actions that orderflow itself knows; a caller may pass more to `load`.
SIGNATURES = {
    signature.name: signature
    for signature in (
        ActionSignature("notify", ("to", "message"), ("via",), "tell a person or a group", "never"),
        ActionSignature("print", ("document", "content"), ("to",), "print a card or a label", "never"),
        ActionSignature(
            "post", ("system", "message"), ("key",), "hand data over to another system", key="key"
        ),
    )
}
