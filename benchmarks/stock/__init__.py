"""Rasa as it comes, on the same data: what ours is measured against."""
