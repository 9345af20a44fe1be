"""Charts of rules and reports of runs, as SVG, Mermaid, DOT, JSON and self-contained HTML."""
