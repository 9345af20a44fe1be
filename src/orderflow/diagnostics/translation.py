"""The languages that findings are told in, beside English: one catalogue of templates each."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from orderflow.diagnostics.message import Message, placeholders

#: Says a message, or a fixed text such as a heading, in one language.
Say = Callable[[str], str]

#: English needs no catalogue; the folder of its name beside this file holds that of another one, in parts `*.toml`.
LANGUAGES = ("en", "zh")

_CHINESE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_BLANK = re.compile(f"(?<={_CHINESE}) +(?={_CHINESE})")


def translator(lang: str | None) -> Say:
    """Return what says texts in a language; what its catalogue does not hold stays English.

    Args:
        lang: a language, also as a locale names it: `zh`, `zh-Hans`, `zh_CN.UTF-8`; None or an unknown one is English.
    """
    known = language(lang)
    return str if known is None or known == "en" else _Translator(_catalogue(known), known)


def language(lang: str | None) -> str | None:
    """Return which of `LANGUAGES` a name or locale means; None when it is none of them."""
    first = (lang or "").replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return first if first in LANGUAGES else None


class _Translator:
    """Says texts by a catalogue of templates."""

    __slots__ = ("_lang", "_templates")

    def __init__(self, templates: Mapping[str, str], lang: str) -> None:
        self._templates = templates
        self._lang = lang

    def __call__(self, text: str) -> str:
        if isinstance(text, Message):
            said = text.translated(self._look_up)
            return _set_in_chinese(said) if self._lang == "zh" else said
        return self._templates.get(text) or text

    def _look_up(self, template: str) -> str | None:
        found = self._templates.get(template)
        # a translation that asks for a value which the message has not would fail to be said
        if found is None or not placeholders(found) <= placeholders(template):
            return None
        return found


def _set_in_chinese(text: str) -> str:
    """The text with no blanks between Chinese characters, and with the comma of lists; code stays as it is.

    A template leaves a blank beside a value that may be code or a word: only here is it known which.
    """
    parts = text.split("`")
    parts[::2] = ["、" if part == ", " else _BLANK.sub("", part) for part in parts[::2]]
    return "`".join(parts)


@cache
def _catalogue(lang: str) -> Mapping[str, str]:
    """What the files in a language's folder hold: words and templates by the English ones, pages by their place."""
    import tomllib  # the usual language needs neither
    from importlib.resources import files

    folder = files("orderflow.diagnostics").joinpath(lang)
    if not folder.is_dir():
        return {}
    found: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
            for table in ("words", "messages"):
                found |= tables.get(table, {})
            for code, parts in tables.get("pages", {}).items():
                found |= {f"{code}.{part}": text for part, text in parts.items()}
    return found
