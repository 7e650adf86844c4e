"""Rasa in process: training, loading, and one turn at a time in a thread of its own."""

import os

# Read by Rasa and TensorFlow when they are first imported.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
