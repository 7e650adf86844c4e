"""The lexicon: its phrases, its concepts and cues, and the strict reading of its files."""
