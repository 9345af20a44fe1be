"""Expressions: trees, types, function signatures, the checker and two back ends.

A source text becomes a checked `Expression` by `check.analyse`, a function by `python.compile_python`, and is looked
into, clause by clause, by `trace.trace`. Nothing here does I/O or reads a clock.
"""
