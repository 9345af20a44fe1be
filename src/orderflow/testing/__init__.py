"""For authors of adapters: the contracts that every storage and notifier passes, and small samples to test with."""
