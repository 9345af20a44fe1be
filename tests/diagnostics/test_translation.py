"""The Chinese catalogue: it holds every text of the source, says the same, and says it in Chinese."""

import re
import string
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from tests.diagnostics.wording import english_words, templates

import orderflow.diagnostics
from orderflow.diagnostics import Message
from orderflow.diagnostics.catalogue import PAGES
from orderflow.diagnostics.translation import translator
from orderflow.expr.functions import Takes
from orderflow.expr.types import Kind

FOLDER = Path(orderflow.diagnostics.__file__).parent / "zh"
FILES = {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
MESSAGES = {key: text for tables in FILES.values() for key, text in tables.get("messages", {}).items()}
PAGES_IN_CHINESE = {code: page for tables in FILES.values() for code, page in tables.get("pages", {}).items()}
WORDS = {key: text for tables in FILES.values() for key, text in tables.get("words", {}).items()}
TEMPLATES = templates()

#: Values that only English needs: endings, articles, verbs that agree with a number.
ENGLISH_ONLY = frozenset({"s"})
#: Words that Chinese takes over as they are.
KEPT = frozenset({"Ctrl", "Unicode"})


def test_every_text_is_translated() -> None:
    missing = [f"{place}: {text!r}" for text, place in TEMPLATES.items() if text not in MESSAGES]
    assert missing == []


def test_nothing_is_translated_that_is_not_said() -> None:
    assert sorted(MESSAGES.keys() - TEMPLATES.keys()) == []


def test_words_are_not_texts_of_the_source() -> None:
    assert sorted(WORDS.keys() & TEMPLATES.keys()) == [], "these belong under [messages]"


def test_each_text_stands_in_one_file() -> None:
    counted = Counter(
        key for tables in FILES.values() for name in ("messages", "words") for key in tables.get(name, {})
    )
    assert [key for key, times in counted.items() if times > 1] == []


def test_files_hold_nothing_else() -> None:
    assert {name for tables in FILES.values() for name in tables} == {"messages", "words", "pages"}


@pytest.mark.parametrize("word", [*Kind, *Takes])
def test_words_that_messages_are_filled_with(word: str) -> None:
    assert translator("zh")(Message("{word}", word=word)) in {*WORDS.values(), *MESSAGES.values()}


def test_every_page_is_translated() -> None:
    parts = {"title", "meaning", "harm", "repair"}
    assert {code: set(page) for code, page in PAGES_IN_CHINESE.items()} == dict.fromkeys(PAGES, parts)


def test_values_are_those_of_the_english_text() -> None:
    wrong = [
        (english, chinese)
        for english, chinese in MESSAGES.items()
        if not _values(english) - ENGLISH_ONLY <= _values(chinese) <= _values(english)
    ]
    assert wrong == []


def test_code_stays_as_it_is() -> None:
    wrong = [
        (english, chinese) for english, chinese in MESSAGES.items() if not _code(english) <= _code(chinese)
    ]
    assert wrong == []


def test_no_english_is_left() -> None:
    assert {
        english: left for english, chinese in _all().items() if (left := english_words(chinese, KEPT))
    } == {}


def test_punctuation_is_chinese() -> None:
    """Commas, semicolons and colons of prose are full-width ones; a full stop stands where English has one."""
    wrong = []
    for english, chinese in _all().items():
        prose = re.sub(r"`[^`]*`|\{[^{}]*\}", "", chinese)
        stop = english.rstrip().endswith(".")
        if re.search(r"[,;!?()]|:(?!\d)", prose) or chinese.rstrip().endswith("。") is not stop:
            wrong.append((english, chinese))
    assert wrong == []


def test_chinese_and_code_stand_apart() -> None:
    """A space stands between Chinese and Latin letters, digits or code."""
    han, other = "[\u4e00-\u9fff]", r"[A-Za-z0-9`]"
    wrong = []
    for english, chinese in _all().items():
        outside = re.sub(r"`[^`]*`", "`", chinese)
        if re.search(f"{han}{other}|{other}{han}", outside):
            wrong.append((english, chinese))
    assert wrong == []


def _all() -> dict[str, str]:
    """Every text in Chinese by the English one."""
    pages = {
        getattr(PAGES[code], part): text
        for code, page in PAGES_IN_CHINESE.items()
        for part, text in page.items()
    }
    return MESSAGES | WORDS | pages


def _values(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _code(template: str) -> Counter[str]:
    return Counter(re.findall(r"`[^`]*`", template))
