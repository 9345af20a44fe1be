"""The outside world: databases, and the places that effects go to; each is imported only where it is used."""
