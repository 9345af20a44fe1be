"""YAML into a checked, typed `Definition`: a tuple of passes, every fault collected with its place."""
