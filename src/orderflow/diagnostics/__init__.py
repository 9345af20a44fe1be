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
from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.diagnostics.pages import Page
from orderflow.diagnostics.render import render_concise, render_text, summary, to_json
from orderflow.diagnostics.span import Span

__all__ = [
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
]
