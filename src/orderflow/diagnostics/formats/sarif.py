"""Findings as SARIF 2.1.0, which GitHub code scanning, Azure DevOps and editors read.

Sections (§) are those of https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from urllib.parse import quote

from orderflow._version import __version__
from orderflow.diagnostics.catalogue import PAGES, meaning, page, title
from orderflow.diagnostics.diagnostic import Diagnostic, Fix
from orderflow.diagnostics.formats.fingerprints import fingerprints
from orderflow.diagnostics.formats.told import fixable, in_order, relative, to_text, told
from orderflow.diagnostics.formats.words import FIX
from orderflow.diagnostics.span import Span
from orderflow.diagnostics.translation import Say

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_PAGES = "https://orderflow.dev/codes"


def to_sarif(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    say: Say = str,
    root: str | None = None,
    lang: str = "en",
) -> str:
    """Return a log with one run.

    Args:
        diagnostics: what was found.
        sources: the text of each file, for fingerprints that outlive moved lines.
        say: tells the texts in a language.
        root: the folder from which paths are seen.
        lang: the name of that language.
    """
    ordered = in_order(diagnostics)
    codes = sorted({found.code for found in ordered})
    paths = [relative(found.span.file, root) for found in ordered]
    prints = fingerprints(ordered, sources, paths)
    run = {
        "tool": {
            "driver": {
                "name": "orderflow",
                "semanticVersion": __version__,
                "informationUri": "https://orderflow.dev",
                "rules": [_rule(code, say) for code in codes],
            }
        },
        "language": {"zh": "zh-CN"}.get(lang, "en-US"),
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [
            _result(told(found, say), codes.index(found.code), fingerprint, say, root)
            for found, fingerprint in zip(ordered, prints, strict=True)
        ],
    }
    return to_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str, say: Say) -> dict[str, object]:
    """A code with its page (§3.49)."""
    rule: dict[str, object] = {"id": code}
    if code in PAGES:
        text = page(code, say)
        rule |= {
            "name": "".join(word.capitalize() for word in re.findall(r"\w+", PAGES[code].title)),
            "shortDescription": {"text": title(code, say)},
            "fullDescription": {"text": meaning(code, say)},
            "help": {"text": text, "markdown": text},
        }
    return rule | {"helpUri": f"{_PAGES}#{code.lower()}"}


def _result(found: Diagnostic, index: int, fingerprint: str, say: Say, root: str | None) -> dict[str, object]:
    words = f"\n{say(FIX)}: {found.fix.message}" if found.fix is not None else ""
    location = _location(found.span, root)
    if found.note:
        location["message"] = {"text": found.note}
    result: dict[str, object] = {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": found.severity.value,
        "message": {"text": found.message + words},
        "locations": [location],
        "partialFingerprints": {"orderflow/v1": fingerprint},
    }
    if found.labels:
        result["relatedLocations"] = [
            {"id": number, **_location(label.span, root), "message": {"text": label.text}}
            for number, label in enumerate(found.labels, 1)
        ]
    if found.fix is not None and fixable(found):
        result["fixes"] = [_fix(found.fix, root)]
    return result


def _location(span: Span, root: str | None) -> dict[str, object]:
    return {"physicalLocation": {"artifactLocation": _artifact(span, root), "region": _region(span)}}


def _artifact(span: Span, root: str | None) -> dict[str, object]:
    path = PurePath(relative(span.file, root))
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")}


def _region(span: Span) -> dict[str, object]:
    """Columns in characters, the end exclusive: as ours (§3.30)."""
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix, root: str | None) -> dict[str, object]:
    assert fix.span is not None
    replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.replacement}}
    return {
        "description": {"text": fix.message},
        "artifactChanges": [{"artifactLocation": _artifact(fix.span, root), "replacements": [replacement]}],
    }
