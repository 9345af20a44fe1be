"""What is said of a pattern that does not pass: where, which parts, what to write."""

import pytest

from orderflow.expr.fault import Fault
from orderflow.expr.patterns.matcher import Pattern, check_pattern


def fault(source: str) -> Fault:
    """The fault of a pattern."""
    found = check_pattern(source)
    assert isinstance(found, Fault), found
    return found


@pytest.mark.parametrize(
    "source",
    [
        "EX-[0-9]{4}", "[A-Z]{2,3}[0-9]+", "SF([0-9]{12}|P[0-9]{10})", "[^@]+@[^@]+", "京[A-Z][0-9A-Z]{5}",
        r"\d+(\.\d{1,2})?", r"[\w.]+", "(?:ab)+", ".*", "(a*)*", "(a?){3}", r"[\]-]", "a-b", r"\{\}", "刹车[片盘]", r"\\",
        "[a-]", "(a|b)?c",
    ],
)  # fmt: skip
def test_these_pass(source):
    assert isinstance(check_pattern(source), Pattern)


@pytest.mark.parametrize(
    ("source", "marked", "message", "fix", "replacement"),
    [
        (".*x", ".*", "`x` fits both `.*` and `x`, so that a text could be matched in two ways", "write `[^x]*x`, which ends at the first `x`", None),
        (".+(x|y)z", ".+", "`x` fits both `.+` and `(x|y)`, so that a text could be matched in two ways", "write `[^xy]+(x|y)`, which ends at the first `x`", None),
        ("[0-9]{1,3}[0-9]{3}", "[0-9]{1,3}[0-9]{3}", "`0` fits both `[0-9]{1,3}` and `[0-9]{3}`, so that a text could be matched in two ways", "write them as one: `[0-9]{4,6}`", "[0-9]{4,6}"),
        ("x[ab]*[ab]", "[ab]*[ab]", "`a` fits both `[ab]*` and `[ab]`, so that a text could be matched in two ways", "write them as one: `[ab]+`", "[ab]+"),
        ("(a|b)*a", "(a|b)*", "`a` fits both `(a|b)*` and `a`, so that a text could be matched in two ways", "take `a` out of one of them, or put a character between them that neither has", None),
        ("([a-z]+){2}", "([a-z]+){2}", "one round of `([a-z]+){2}` can go on with `a`, and so can the next begin; a text could be matched in two ways", "repeat it in one place only, or begin each round with a character of its own", None),
        ("SF[0-9]{12}|SP[0-9]{10}", "SF[0-9]{12}|SP[0-9]{10}", "both `SF[0-9]{12}` and `SP[0-9]{10}` can begin with `S`, so that a text could be matched in two ways", "write what they share once: `S(F[0-9]{12}|P[0-9]{10})`", "S(F[0-9]{12}|P[0-9]{10})"),
        ("x(ab|c|a)d", "ab|c|a", "both `ab` and `a` can begin with `a`, so that a text could be matched in two ways", "write what they share once: `a(b)?|c`", "a(b)?|c"),
        ("[ab]c|ad", "ad", "both `[ab]c` and `ad` can begin with `a`, so that a text could be matched in two ways", "let each side of `|` begin with characters of its own", None),
        ("(a|ba?)*", "a", "`a` fits both `a` and `a?`, so that a text could be matched in two ways", "take `a` out of one of them, or put a character between them that neither has", None),
        ("^EX", "^", "`^` is not needed: a pattern speaks of the whole text", "remove the `^`", ""),
        ("EX$", "$", "`$` is not needed: a pattern speaks of the whole text", "remove the `$`", ""),
        ("a^b", "^", "`^` can match nowhere here", r"write `\^` for the sign", r"\^"),
        ("a.*?b", "?", "lazy and possessive quantifiers are not part of a pattern; there is only one way to match", "remove the `?`", ""),
        ("a**", "*", "a second quantifier follows `*`", "keep one of them, or put a group in brackets", None),
        ("*.csv", "*", "`*` repeats nothing", r"write `\*` for the sign, or `.*` for any text", None),
        ("(?=a)b", "(?=", "look-ahead is not part of a pattern", "write two patterns, joined by `and` in an expression: `matches(x, ...) and ...`", None),
        ("(?<!a)b", "(?<", "look-behind is not part of a pattern", "write two patterns, joined by `and` in an expression: `matches(x, ...) and ...`", None),
        ("(?P<n>a)b", "(?P<n>", "groups have no names here", "write `(` alone", "("),
        ("(?i)a", "(?", "flags are not part of a pattern", "write both cases, such as `[Aa]`", None),
        (r"(a)\1", r"\1", r"`\1` would refer back to a group, which is not part of a pattern", r"write `\\` for a backslash, or the character itself", None),
        (r"\bEX", r"\b", r"`\b` is not needed: a pattern speaks of the whole text", "write what the whole text looks like; nothing stands before or after it", None),
        (r"\p{Han}+", r"\p", r"`\p` is not part of a pattern", r"write `\\` for a backslash, or the character itself", None),
        ("EX\\", "\\", "`\\` is not part of a pattern", r"write `\\` for a backslash, or the character itself", None),
        ("[z-a]", "z-a", "the range `z-a` runs backwards", "replace with `a-z`", "a-z"),
        (r"[a-\d]", r"a-\d", r"`a-\d` is no range", "write `-` last in the class for the sign", None),
        ("[[:alpha:]]", "[", "`[` inside a class", r"write `\[` for the sign", r"\["),
        ("[]a]", "[]", "this class holds no character", r"write `\]` for the sign in a class", None),
        (r"[^\w\W]", r"[^\w\W]", "this class holds no character", "write the characters that are meant", None),
        ("x[ab", "[", "the class that begins here is not closed", r"add `]`, or write `\[` for the sign", None),
        ("x(ab", "(", "the group that begins here is not closed", r"add `)`, or write `\(` for the sign", None),
        ("ab)", ")", "`)` closes no group", r"write `\)` for the sign", r"\)"),
        ("ab]", "]", "`]` closes nothing", r"write `\]` for the sign", r"\]"),
        ("a|", "|", "an empty part stands here", "write `?` behind what may be missing", None),
        ("()", "(", "an empty part stands here", "write `?` behind what may be missing", None),
        ("|a", "|", "an empty part stands here", "write `?` behind what may be missing", None),
        ("a{x}", "{x}", "this says no number of times", r"write `{2}` or `{2,5}`, or `\{` for the sign", None),
        ("a{2", "{", "this says no number of times", r"write `{2}` or `{2,5}`, or `\{` for the sign", None),
        ("a{,}", "{,}", "this says no number of times", r"write `{2}` or `{2,5}`, or `\{` for the sign", None),
        ("a{3,2}", "{3,2}", "nothing is there `{3,2}` times", "write the smaller number first, and at least one", None),
        ("a{0}", "{0}", "nothing is there `{0}` times", "write the smaller number first, and at least one", None),
        ("a{1000}", "{1000}", "`{1000}` is more than 255 times", "write at most 255, or `*`", None),
        ("", "", "the pattern is empty", "write what the text looks like", None),
    ],
)  # fmt: skip
def test_a_fault_marks_the_characters(source, marked, message, fix, replacement):
    found = fault(source)
    assert (found.code, source[found.start : found.end], found.message) == ("OF902", marked, message)
    assert (found.fix_message, found.replacement) == (fix, replacement)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a{200}b{200}", "the pattern has more than 300 places, those in `{n}` counted n times"),
        ("a-" * 251, "the pattern is longer than 500 characters"),
        ("(" * 21 + "a" + ")" * 21, "groups are nested more than 20 deep"),
        ("(" * 499, "groups are nested more than 20 deep"),
    ],
)
def test_patterns_are_bounded(source, message):
    assert fault(source).message == message


def test_a_word_alone_is_a_name():
    found = fault("digit")
    assert (found.code, found.message, found.replacement) == ("OF101", "unknown pattern `digit`", "digits")
    assert fault("EX").fix_message == (
        "use one of `cn_mobile`, `email`, `digits`, or a regular expression such as `[A-Z]{2}[0-9]+`"
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("EX-[0-9]{2}", "EX-00"),
        ("(a|b)?c", "c"),
        ("a*", ""),
        ("[^-]+", "A"),
        ("刹车[片盘]", "刹车片"),
        ("[!-/]", "!"),
    ],
)
def test_an_example_fits(source, text):
    found = check_pattern(source)
    assert isinstance(found, Pattern)
    assert found.example == text
