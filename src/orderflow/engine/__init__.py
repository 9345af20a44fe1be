"""Linking a definition and deciding events: pure, without files, clocks or networks."""
