"""Figures of a span of days: how many, how soon, about what."""
