"""JUnit results: what Jenkins reads must be XML, whatever a message holds."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from orderflow.diagnostics import Diagnostic, Fix, Message, Severity, Span
from orderflow.diagnostics.formats.junit import to_junit


def test_a_suite_a_file_and_a_case_a_finding() -> None:
    found = [
        Diagnostic("OF101", Message("no <state>"), Span("b.yaml", 2, 3, 2, 4), fix=Fix(Message("a & b"))),
        Diagnostic("OF104", Message("x"), Span("b.yaml", 1, 1, 1, 2), Severity.WARNING),
    ]
    assert to_junit(found, ["c.yaml", "b.yaml"]) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="orderflow check" tests="3" failures="2">\n'
        '  <testsuite name="b.yaml" tests="2" failures="2" errors="0">\n'
        '    <testcase classname="b.yaml" name="OF104 1:1" file="b.yaml" line="1">\n'
        '      <failure type="warning" message="x">b.yaml:1:1: warning[OF104] x</failure>\n'
        "    </testcase>\n"
        '    <testcase classname="b.yaml" name="OF101 2:3" file="b.yaml" line="2">\n'
        '      <failure type="error" message="no &lt;state&gt;">b.yaml:2:3: error[OF101] no &lt;state&gt;\n'
        "fix: a &amp; b</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        '  <testsuite name="c.yaml" tests="1" failures="0" errors="0">\n'
        '    <testcase classname="c.yaml" name="orderflow check" file="c.yaml"/>\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None), min_size=1))
def test_it_is_xml_whatever_it_says(text: str, file: str) -> None:
    message = Message("{text}", text=text)
    shown = to_junit([Diagnostic("OF101", message, Span(file, 1, 1, 1, 1), fix=Fix(message))], [])
    (case,) = ElementTree.fromstring(shown.encode()).iter("testcase")
    assert case.find("failure") is not None


def test_controls_are_shown_as_pictures() -> None:
    shown = to_junit([Diagnostic("OF101", Message("a\x00\x0b\ufffe\x1b"), Span("a", 1, 1, 1, 1))], [])
    assert 'message="a␀␋\ufffd␛"' in shown
