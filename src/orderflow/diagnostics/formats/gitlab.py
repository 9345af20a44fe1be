"""A Code Quality report of GitLab: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

from collections.abc import Iterable, Mapping

from orderflow.diagnostics.diagnostic import Diagnostic, Severity
from orderflow.diagnostics.formats.fingerprints import fingerprints
from orderflow.diagnostics.formats.told import in_order, relative, to_text, told
from orderflow.diagnostics.translation import Say

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor"}


def to_gitlab(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], say: Say = str, root: str | None = None
) -> str:
    """Return the report: a JSON list, empty when there are no findings."""
    ordered = in_order(diagnostics)
    paths = [relative(found.span.file, root) for found in ordered]
    prints = fingerprints(ordered, sources, paths)
    return to_text(
        [
            {
                "description": told(found, say).message,
                "check_name": found.code,
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[found.severity],
                "location": {
                    "path": path,
                    "lines": {"begin": found.span.line, "end": found.span.end_line},
                },
            }
            for found, path, fingerprint in zip(ordered, paths, prints, strict=True)
        ]
    )
