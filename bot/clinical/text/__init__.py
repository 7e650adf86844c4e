"""From a patient's text to words that can be matched, with offsets into the original."""
