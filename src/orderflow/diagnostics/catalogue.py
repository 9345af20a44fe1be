"""What each code means, why it hurts an order, and how to repair it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from orderflow.diagnostics.message import Message
from orderflow.diagnostics.pages import FILE, LIFECYCLE, NAMES_AND_TYPES, Page
from orderflow.diagnostics.pages_resources import RESOURCES
from orderflow.diagnostics.pages_tables import TIERS_AND_TABLES
from orderflow.diagnostics.translation import Say

PAGES: Mapping[str, Page] = MappingProxyType(
    {found.code: found for found in (*NAMES_AND_TYPES, *LIFECYCLE, *TIERS_AND_TABLES, *RESOURCES, *FILE)}
)


def codes() -> tuple[str, ...]:
    """Return every code that has a page, sorted."""
    return tuple(sorted(PAGES))


def title(code: str, say: Say = str) -> str:
    """Return the few words that a code stands for; nothing for one that has no page."""
    found = PAGES.get(code)
    return _part(found, "title", say) if found is not None else ""


def meaning(code: str, say: Say = str) -> str:
    """Return what a code that has a page means, in a few sentences."""
    return _part(PAGES[code], "meaning", say)


def _part(found: Page, part: Literal["title", "meaning", "harm", "repair"], say: Say) -> str:
    """A text of a page; a catalogue knows it by its place, such as `OF101.meaning`."""
    place = f"{found.code}.{part}"
    said = say(place)
    english: str = getattr(found, part)
    return english if said == place else said


def page(code: str, say: Say = str) -> str:
    """Return the page of a code as Markdown for the terminal.

    Args:
        code: the code, in any case.
        say: tells the texts in a language; the examples stay as they are.

    Raises:
        KeyError: there is no such code.
    """
    found = PAGES[code.strip().upper()]
    return "\n\n".join(
        [
            f"# {found.code}: {_part(found, 'title', say)}",
            _part(found, "meaning", say),
            f"**{say(Message('Why it hurts an order.'))}** {_part(found, 'harm', say)}",
            f"{say(Message('Bad:'))}\n\n```yaml\n{found.bad}\n```",
            f"{say(Message('Good:'))}\n\n```yaml\n{found.good}\n```",
            f"**{say(Message('How to repair it.'))}** {_part(found, 'repair', say)}\n",
        ]
    )
