"""Patterns of texts: named ones, and regular expressions that match in linear time."""
