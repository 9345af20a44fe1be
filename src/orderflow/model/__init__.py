"""The values that every layer shares: definitions, records, events, facts and decisions."""
