"""Findings and failures: where something is wrong, what it means, and how it is shown."""

from orderflow.diagnostics.catalogue import codes, page
from orderflow.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from orderflow.diagnostics.errors import (
    ConflictError,
    DecisionError,
    NotifierError,
    OrderflowError,
    RecordError,
    RuleSetError,
    StorageError,
)
from orderflow.diagnostics.formats.concise import render_concise
from orderflow.diagnostics.formats.document import to_json
from orderflow.diagnostics.formats.text import render_text
from orderflow.diagnostics.formats.told import summary
from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.diagnostics.pages import Page
from orderflow.diagnostics.span import Span
from orderflow.diagnostics.translation import LANGUAGES, translator

__all__ = [
    "LANGUAGES",
    "ConflictError",
    "DecisionError",
    "Diagnostic",
    "Fix",
    "Label",
    "Message",
    "NotifierError",
    "OrderflowError",
    "Page",
    "RecordError",
    "RuleSetError",
    "Severity",
    "Span",
    "StorageError",
    "codes",
    "joined",
    "nearest",
    "page",
    "render_concise",
    "render_text",
    "summary",
    "to_json",
    "translator",
]
