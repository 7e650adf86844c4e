"""Measures the clinical screen on messages that somebody has labelled: what it finds, and what it makes of it.

``read_labels`` → ``replay`` → ``measure`` → the table in the terminal, JSON, or the HTML report. Conversations that
somebody has written down go through the whole bot: ``dialogues``.
"""
