"""Promise 1, tested: rules that pass `check` never raise on records that fit their fields."""
