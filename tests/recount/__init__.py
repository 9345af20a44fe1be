"""A second count of what a run says: from the journal and the ledgers alone, with no code of the engine."""
