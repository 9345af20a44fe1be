"""Test results as JUnit wrote them, which Jenkins and others read: a suite a file, a case a finding.

The shape is that of https://github.com/testmoapp/junitxml.
"""

import re
from collections.abc import Iterable
from html import escape

from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.formats.concise import render_concise
from orderflow.diagnostics.formats.told import in_order, relative, told
from orderflow.diagnostics.formats.words import FIX
from orderflow.diagnostics.shown import safe
from orderflow.diagnostics.translation import Say

#: What no XML 1.0 document may hold, not even as a reference, once `safe` has dealt with controls and surrogates.
_NOT_XML = re.compile("[\ufffe\uffff]")


def to_junit(
    diagnostics: Iterable[Diagnostic], files: Iterable[str], say: Say = str, root: str | None = None
) -> str:
    """Return the results as XML.

    Args:
        diagnostics: what was found.
        files: the files that were checked; one without findings has one case, which passes.
        say: tells the texts in a language.
        root: the folder from which paths are seen.
    """
    found: dict[str, list[Diagnostic]] = {file: [] for file in files}
    for one in in_order(diagnostics):
        found.setdefault(one.span.file, []).append(one)
    many = sum(map(len, found.values()))
    cases = sum(max(len(ones), 1) for ones in found.values())
    suites = [_suite(relative(file, root), found[file], say) for file in sorted(found)]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<testsuites name="orderflow check" tests="{cases}" failures="{many}">\n{"".join(suites)}</testsuites>\n'


def _suite(path: str, found: list[Diagnostic], say: Say) -> str:
    name = _xml(path)
    lines = [f'  <testsuite name="{name}" tests="{max(len(found), 1)}" failures="{len(found)}" errors="0">']
    if not found:
        lines.append(f'    <testcase classname="{name}" name="orderflow check" file="{name}"/>')
    for one in found:
        case = f"{one.code} {one.span.line}:{one.span.column}"
        lines += [
            f'    <testcase classname="{name}" name="{case}" file="{name}" line="{one.span.line}">',
            f'      <failure type="{one.severity.value}" message="{_xml(told(one, say).message)}">{_text(one, say)}</failure>',
            "    </testcase>",
        ]
    return "\n".join([*lines, "  </testsuite>"]) + "\n"


def _text(found: Diagnostic, say: Say) -> str:
    text = _xml(render_concise([found], say))
    if found.fix is not None:
        text += f"\n{_xml(say(FIX))}: {_xml(say(found.fix.message))}"
    return text


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", safe(text)))
