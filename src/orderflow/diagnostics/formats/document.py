"""The JSON document of a check, `"version": 1`: keys are added to it, never changed or taken away."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.formats.statistics import tally
from orderflow.diagnostics.formats.told import count, in_order, to_text, told
from orderflow.diagnostics.translation import Say

_NOTHING: Mapping[str, object] = MappingProxyType({})


def to_json(
    diagnostics: Iterable[Diagnostic],
    say: Say = str,
    *,
    statistics: bool = False,
    more: Mapping[str, object] = _NOTHING,
) -> str:
    """Return findings as `{"version": 1, "format": "orderflow-check", ...}`, in file order, a newline at the end.

    Args:
        diagnostics: what was found.
        say: tells the texts in a language.
        statistics: whether to count them by code, too.
        more: further keys.
    """
    ordered = in_order(diagnostics)
    document: dict[str, object] = {
        "version": 1,
        "format": "orderflow-check",
        "counts": asdict(count(ordered)),
        "diagnostics": [told(found, say).to_dict() for found in ordered],
    }
    if statistics:
        document["statistics"] = [asdict(line) for line in tally(ordered, say)]
    return to_text({**document, **more})
