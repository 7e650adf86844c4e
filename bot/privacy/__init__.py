"""What patients wrote, removed again: after its time, and when a person asks for it."""
