"""Rasa's custom actions: each reads the tracker, calls ``bot``, and returns events and names of responses."""
