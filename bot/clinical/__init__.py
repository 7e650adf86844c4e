"""What a patient's message says about symptoms: spaCy's tokenizer, a reviewed lexicon and short scopes of our own.

No trained model and no Rasa: the same words are read the same way on every machine.
"""

from bot.clinical.lexicon.concepts import LexiconError
from bot.clinical.reader import ClinicalReader

__all__ = ["ClinicalReader", "LexiconError"]
