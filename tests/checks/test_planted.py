"""Faults planted in sound rule sets: each is found where it stands, with the repair that takes it away, and alone."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.checks.planting import (
    Folder,
    Texts,
    apply,
    choose,
    in_flow_style,
    known_words,
    misspell,
    place,
    read_folder,
    repaired,
    slips,
    wrong,
)
from tests.checks.words import Word, words_of

ROOT = Path(__file__).parents[2]
RULES = {"wenzhou": ROOT / "rules" / "wenzhou", "olist": ROOT / "examples" / "olist"}
EACH = 18  # misspelled words of a rule set; all of them take minutes


def _texts(name: str) -> dict[str, str]:
    texts: dict[str, str] = read_folder(RULES[name.removesuffix(" in flow style")])
    return in_flow_style(texts) if name.endswith("flow style") else texts


def _plant(texts: Texts, count: int, seed: int) -> Sequence[tuple[Word, str]]:
    words = [word for name, text in texts.items() for word in words_of(name, text)]
    known = known_words(words, texts)
    source = random.Random(seed)
    chosen = [(word, slips(word.text, known)) for word in choose(seed, words, count)]
    return [(word, source.choice(some)) for word, some in chosen if some]


@pytest.mark.parametrize("name", ["wenzhou", "olist", "olist in flow style"])
def test_a_misspelled_word_is_one_finding_with_its_repair(name: str, tmp_path: Path) -> None:
    texts, folder = _texts(name), Folder(tmp_path)
    assert folder.check(texts).diagnostics == ()
    judged = {}
    for word, slip in _plant(texts, EACH, seed=len(name)):
        compiled = folder.check(apply(texts, [misspell(word, slip)]))
        judged[word.file, place(texts[word.file], word.start), word.text, slip] = wrong(
            texts, word, slip, compiled
        )
    assert len(judged) >= EACH // 2
    assert {what: why for what, why in judged.items() if why} == {}


@pytest.mark.parametrize("many", [2, 6])
def test_several_faults_are_all_found_at_once(many: int, tmp_path: Path) -> None:
    texts, folder = _texts("wenzhou"), Folder(tmp_path)
    planted = _plant(texts, 4 * many, seed=many)
    for at in range(0, len(planted) - many + 1, many):
        some = planted[at : at + many]
        compiled = folder.check(apply(texts, [misspell(word, slip) for word, slip in some]))
        found = {
            (Path(item.span.file).name, item.span.line): (item.span.column, item.message)
            for item in compiled.diagnostics
        }
        for word, slip in some:
            line, column = place(texts[word.file], word.start)
            if _alone(texts, word, some):  # a slip before it on its line moves a word
                assert found[word.file, line][0] in (column, column - (word.sort == "literal"))
            assert slip in found[word.file, line][1]


def _alone(texts: Texts, word: Word, some: Sequence[tuple[Word, str]]) -> bool:
    lines = [(other.file, place(texts[other.file], other.start)[0]) for other, _ in some]
    return lines.count((word.file, place(texts[word.file], word.start)[0])) == 1


def test_a_repair_takes_its_finding_away(tmp_path: Path) -> None:
    texts, folder = _texts("wenzhou"), Folder(tmp_path)
    planted = _plant(texts, 8, seed=5)
    faulty = apply(texts, [misspell(word, slip) for word, slip in planted])
    for _ in planted:
        found = folder.check(faulty).diagnostics
        if not found:
            break
        with_repair = [item for item in found if item.fix is not None and item.fix.replacement is not None]
        assert len(with_repair) == len(found)
        faulty = repaired(faulty, found[0])
        left = folder.check(faulty).diagnostics
        assert len(left) == len(found) - 1
    assert faulty == texts


def _cut(old: str, new: str) -> Callable[[str], tuple[str, int]]:
    """Another text for the first place that has `old`; the finding stands where it begins."""

    def change(text: str) -> tuple[str, int]:
        at = text.index(old)
        return text[:at] + new + text[at + len(old) :], at

    return change


@pytest.mark.parametrize(
    ("file", "change", "code"),
    [
        ("order.yaml", _cut("type: text, label: 订单号", "type: [text], label: 订单号"), "OF107"),
        ("order.yaml", _cut("initial: true\n    states", "initial: sure\n    states"), "OF107"),
        ("order.yaml", _cut("changes: never}\n  channel", "changes: {zz: 1}}\n  channel"), "OF107"),
        ("order.yaml", _cut("at_least: 1, at_most: 1000}", "at_least: 1.5, at_most: 1000}"), "OF107"),
        ("order.yaml", _cut("after: 24h", "after: 24hh"), "OF102"),
        ("order.yaml", _cut("after: 15d", "after: 40000d"), "OF102"),
        ("order.yaml", _cut("      pending_review:\n", "\t\tpending_review:\n"), "OF901"),
        ("order.yaml", _cut("when: paid_at is not None and", "when: paid_at is not None # and"), "OF106"),
        ("order.yaml", _cut("when: event.amount > 0\n", "when: event.amount > 0 > \n"), "OF106"),
        ("actions.yaml", _cut("attempts: 8", "attempts: 0"), "OF102"),
        ("actions.yaml", _cut("first: 30s", "first: 40000d"), "OF102"),
        ("payment.test.yaml", _cut("- wait: 3h", "- wait: 40000d"), "OF102"),
        ("order.yaml", _cut("at: submit", "at: [submit]"), "OF107"),
        ("order.yaml", _cut("in: [pending_review", "in: [[pending_review]"), "OF107"),
        ("order.yaml", _cut("reason: required\n", "reason: {a: b}\n"), "OF107"),
        ("receipt.yaml", _cut("      - expect:", "      - {}\n      - expect:"), "OF107"),
        ("receipt.yaml", _cut("of: lines", "of: [lines]"), "OF107"),
        ("queues.yaml", _cut("order.paid_at is not None\n      and age", "age"), "OF103"),
    ],
)  # fmt: skip
def test_a_malformed_value_is_one_error_on_its_line(
    file: str, change: Callable[[str], tuple[str, int]], code: str, tmp_path: Path
) -> None:
    texts = _texts("wenzhou")
    faulty, at = change(texts[file])
    compiled = Folder(tmp_path).check({**texts, file: faulty})
    assert [(Path(item.span.file).name, item.span.line, item.code) for item in compiled.diagnostics] == [
        (file, place(texts[file], at)[0], code)
    ]
    assert compiled.diagnostics[0].fix is not None


def _one_of_each_sort(texts: Texts) -> list[tuple[Word, str]]:
    """Of every sort of name in a rule set, one that can be misspelled; keys of the language are planted above."""
    words = [word for name, text in texts.items() for word in words_of(name, text)]
    known = known_words(words, texts)
    words = [word for word in words if not word.sort.startswith("key of")]
    chosen: dict[str, tuple[Word, str]] = {}
    for word in random.Random(11).sample(words, len(words)):
        if word.sort not in chosen:
            some = slips(word.text, known)
            if some:
                chosen[word.sort] = (word, random.Random(word.text).choice(some))
    return list(chosen.values())


SORTS = _one_of_each_sort(_texts("wenzhou"))


@pytest.mark.parametrize("part", range(2))
def test_every_sort_of_name_is_told_apart(part: int, tmp_path: Path) -> None:
    """Each sort of name of the reference rules, misspelled once: found alone, in its place, with its repair."""
    texts, folder = _texts("wenzhou"), Folder(tmp_path)
    judged = {}
    for word, slip in SORTS[part::2]:
        compiled = folder.check(apply(texts, [misspell(word, slip)]))
        judged[word.sort, word.text, slip] = wrong(texts, word, slip, compiled)
    assert len(judged) >= 30
    assert {what: why for what, why in judged.items() if why} == {}
