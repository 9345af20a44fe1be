"""What each code means, why it hurts an order, and how to repair it."""

from collections.abc import Mapping
from types import MappingProxyType

from orderflow.diagnostics.pages import FILE, LIFECYCLE, NAMES_AND_TYPES, Page

PAGES: Mapping[str, Page] = MappingProxyType(
    {found.code: found for found in (*NAMES_AND_TYPES, *LIFECYCLE, *FILE)}
)


def codes() -> tuple[str, ...]:
    """Return every code that has a page, sorted."""
    return tuple(sorted(PAGES))


def page(code: str) -> str:
    """Return the page of a code as Markdown for the terminal.

    Raises:
        KeyError: there is no such code.
    """
    found = PAGES[code.strip().upper()]
    return "\n\n".join(
        [
            f"# {found.code}: {found.title}",
            found.meaning,
            f"**Why it hurts an order.** {found.harm}",
            f"Bad:\n\n```yaml\n{found.bad}\n```",
            f"Good:\n\n```yaml\n{found.good}\n```",
            f"**How to repair it.** {found.repair}\n",
        ]
    )
