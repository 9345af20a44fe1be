"""The Chinese catalogue: it holds every text of the source, says the same, and says it in Chinese."""

import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from tests.diagnostics.wording import english_words, templates

import orderflow.diagnostics
from orderflow.compiler.schema import json_schema
from orderflow.compiler.words import described
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
PARTS = ("title", "meaning", "harm", "repair")

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
    keys = {"english", *PARTS}
    assert {code: set(page) for code, page in PAGES_IN_CHINESE.items()} == dict.fromkeys(PAGES, keys)


@pytest.mark.parametrize("code", PAGES)
def test_a_page_says_what_the_english_one_says_now(code: str) -> None:
    english = "\n".join(getattr(PAGES[code], part) for part in PARTS)
    assert PAGES_IN_CHINESE[code]["english"] == f"{crc32(english.encode()):08x}", (
        "the English page has changed: mend the Chinese one, then write the new figure"
    )


def test_words_of_the_schema_are_translated() -> None:
    assert [word for word in _of_the_schema(json_schema()) if word not in WORDS | MESSAGES] == []


def test_values_are_those_of_the_english_text() -> None:
    wrong = [
        (english, chinese)
        for english, chinese in MESSAGES.items()
        if not _values(english) - ENGLISH_ONLY <= _values(chinese) <= _values(english)
    ]
    assert wrong == []


def test_code_stays_as_it_is() -> None:
    wrong = [
        (english, chinese) for english, chinese in _all().items() if not _code(english) <= _code(chinese)
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
        if part in PARTS
    }
    return MESSAGES | WORDS | pages


def _of_the_schema(part: object) -> Iterator[str]:
    """What the keys of rule files take, and what those are for that have to be there, as messages say it."""
    if isinstance(part, dict):
        if "x-needs" in part:
            yield part["x-needs"]
        for key in part.get("required", ()):
            yield described(part["properties"][key].get("description", "")).template
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _of_the_schema(inner)


def _values(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _code(template: str) -> Counter[str]:
    return Counter(re.findall(r"`[^`]*`", template))
