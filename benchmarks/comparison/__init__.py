"""Aftercare and stock Rasa side by side: the same messages, the same machine, in turns (A B A B)."""
