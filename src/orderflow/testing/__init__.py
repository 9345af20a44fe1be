"""For authors of adapters: the contracts that every storage and notifier passes, and samples to test with."""
