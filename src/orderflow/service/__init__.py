"""Use cases: the engine's unit of work, the dispatcher, replay, scenarios, reports on stored records."""
