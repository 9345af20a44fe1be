"""The rule documents as pydantic models: the one source of the published JSON Schema."""
