"""Findings as people and programs read them, one format a file."""
