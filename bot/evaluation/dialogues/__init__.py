"""Conversations written down with what is expected of each reply, replayed through the whole bot.

``read_dialogues`` → ``Replayer.play`` → ``DialogueMeasures`` → the table in the terminal, JSON, or the HTML report.
"""
