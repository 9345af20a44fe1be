"""What passes the check matches as `re` would, and in one pass."""

import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.expr.patterns.strategies import PATTERNS, SHORT, TEXTS, walk

from orderflow.expr.fault import Fault
from orderflow.expr.patterns.matcher import Pattern, check_pattern


def accepted(source: str) -> Pattern:
    """The pattern of a source without fault."""
    found = check_pattern(source)
    assert isinstance(found, Pattern), found
    return found


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(PATTERNS, TEXTS, st.lists(st.integers(0, 9), max_size=12))
@example("(a?|b)*1", "ab1", [])
@example("((a?b?)*-)?", "-", [])
def test_three_ways_to_match_agree(source, text, turns):
    found = check_pattern(source)
    if isinstance(found, Fault):
        return
    plain = re.compile(source, re.ASCII)
    for each in (text, walk(found.automaton, turns), found.example):
        right = plain.fullmatch(each) is not None
        assert (found.regex.fullmatch(each) is not None) is right, each
        assert found.automaton.fits(each) is right, each
    assert found.automaton.fits(found.example)


def test_patterns_are_generated_both_ways():
    passed = refused = 0

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(PATTERNS)
    def count(source: str) -> None:
        nonlocal passed, refused
        if isinstance(check_pattern(source), Fault):
            refused += 1
        else:
            passed += 1

    count()
    assert passed > 90
    assert refused > 30


def test_certain_repairs_change_nothing():
    repaired = 0

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(PATTERNS)
    @example("a*a+")
    @example("(ab|a-|b)c")
    def same(source: str) -> None:
        nonlocal repaired
        fault = check_pattern(source)
        if not isinstance(fault, Fault) or fault.code != "OF902" or fault.replacement is None:
            return
        repaired += 1
        better = source[: fault.start] + fault.replacement + source[fault.end :]
        before, after = re.compile(source, re.ASCII), re.compile(better, re.ASCII)
        for text in SHORT:
            assert bool(before.fullmatch(text)) is bool(after.fullmatch(text)), (source, better, text)

    same()
    assert repaired > 25


class Steps:
    """A matcher that goes back as `re` does, and counts the characters that it looks at."""

    def __init__(self, regex: str, text: str) -> None:
        self.tree = parser.parse(regex)
        self.text = text
        self.count = 0

    def fullmatch(self) -> bool:
        return any(end == len(self.text) for end in self.sequence(list(self.tree), 0))

    def sequence(self, items: list[Any], at: int) -> Iterator[int]:
        if not items:
            yield at
            return
        for end in self.one(items[0][0], items[0][1], at):
            yield from self.sequence(items[1:], end)

    def one(self, operation: Any, argument: Any, at: int) -> Iterator[int]:
        match operation:
            case sre.LITERAL | sre.NOT_LITERAL | sre.IN | sre.ANY:
                self.count += 1
                if at < len(self.text) and self.takes(operation, argument, ord(self.text[at])):
                    yield at + 1
            case sre.BRANCH:
                for way in argument[1]:
                    yield from self.sequence(list(way), at)
            case sre.SUBPATTERN:
                yield from self.sequence(list(argument[3]), at)
            case sre.ATOMIC_GROUP:
                yield from [end for end in [next(self.sequence(list(argument), at), None)] if end is not None]
            case sre.POSSESSIVE_REPEAT:
                least, most, item = argument
                times = 0
                while times < most and (end := next(self.sequence(list(item), at), None)) is not None:
                    at, times = end, times + 1
                if times >= least:
                    yield at
            case sre.MAX_REPEAT:
                yield from self.repeat(argument[0], argument[1], argument[2], at, 0)
            case _:
                raise AssertionError(operation)

    def repeat(self, least: int, most: int, item: Any, at: int, times: int) -> Iterator[int]:
        if times < most:
            for end in self.sequence(list(item), at):
                if end > at:
                    yield from self.repeat(least, most, item, end, times + 1)
        if times >= least:
            yield at

    def takes(self, operation: Any, argument: Any, letter: int) -> bool:
        match operation:
            case sre.LITERAL:
                return bool(letter == argument)
            case sre.NOT_LITERAL:
                return bool(letter != argument)
            case sre.RANGE:
                return bool(argument[0] <= letter <= argument[1])
            case sre.IN:
                return any(self.takes(each[0], each[1], letter) for each in argument)
        raise AssertionError(operation)


def steps(regex: str, text: str) -> int:
    """How many characters are looked at to refuse or take a text."""
    matcher = Steps(regex, text)
    assert matcher.fullmatch() is (re.fullmatch(regex, text) is not None)
    return matcher.count


@pytest.mark.parametrize(
    ("source", "part", "end"),
    [
        ("email", "a@" + "a-" * 40, "!"),
        ("email", "a@" + "a." * 40, "!"),
        ("digits", "1" * 80, "!"),
        ("(([a-z]+[0-9])+-)*", "ab1" * 30, "!"),
        ("([^-]*-)+", "x-" * 40, "1"),
        ("((a|b)?c?)*d", "abc" * 30, "e"),
        ("(a?b?c?)*", "abc" * 15, "e"),
        (".*", "a" * 80, "\n"),
        ("((((a*b)*c)*d)*e)*", "abcde" * 16, "a"),
    ],
)
def test_a_text_is_read_once(source, part, end):
    """The steps grow with the text and not faster, whether it fits or fails at its very end."""
    regex = accepted(source).regex.pattern
    symbols = regex.count("[")
    for text in (part + end, part * 4 + end):
        assert steps(regex, text) <= symbols * (len(text) + 1)
    assert steps(regex, part * 4 + end) <= 4 * steps(regex, part + end) + symbols


def test_the_count_tells_patterns_that_go_back():
    """The control: the same counter on patterns that the check refuses."""
    assert steps("(?:a+)+b", "a" * 14) > 2**14
    quadratic = [steps("(?:a*)(?:a*)b", "a" * size) for size in (15, 30)]
    assert quadratic[1] > 3 * quadratic[0]
    assert isinstance(check_pattern("a*a*b"), Fault)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(PATTERNS, st.lists(st.integers(0, 9), min_size=30, max_size=60), st.sampled_from(["", "!", "a", "-"]))
def test_generated_patterns_are_read_once(source, turns, end):
    found = check_pattern(source)
    if isinstance(found, Fault):
        return
    text = walk(found.automaton, turns) + end
    regex = found.regex.pattern
    assert steps(regex, text) <= regex.count("[") * (len(text) + 1)
