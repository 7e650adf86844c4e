"""One case: why it escalated, what was said, and what staff do about it."""
