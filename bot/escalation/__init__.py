"""Escalations: what a person must see, from the first red flag until it is closed."""
