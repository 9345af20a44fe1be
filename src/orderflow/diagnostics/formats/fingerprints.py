"""What tells findings apart from one check to the next, though lines have moved."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from orderflow.diagnostics.diagnostic import Diagnostic

_LINE_END = re.compile(r"\r\n|\r|\n")


def fingerprints(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], paths: Sequence[str]
) -> list[str]:
    """Return a fingerprint for each finding: of its code, file, words and the text of its line, not of the line's number.

    Args:
        diagnostics: the findings in order; those that are alike are told apart by their order.
        sources: the text of each file.
        paths: the path of each finding's file, as it is reported.
    """
    lines = {
        file: _LINE_END.split(sources[file].removeprefix("\ufeff"))
        for file in {found.span.file for found in diagnostics}
        if file in sources
    }
    seen: Counter[str] = Counter()
    out = []
    for found, path in zip(diagnostics, paths, strict=True):
        known = lines.get(found.span.file, ())
        text = known[found.span.line - 1].strip() if found.span.line <= len(known) else ""
        # the English words, so that it is the same in every language
        same = "\0".join((found.code, path, str(found.message), text))
        seen[same] += 1
        whole = f"{same}\0{seen[same]}".encode("utf-8", "surrogatepass")
        out.append(hashlib.sha256(whole).hexdigest()[:32])
    return out
