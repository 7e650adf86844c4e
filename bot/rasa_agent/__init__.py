"""Rasa in process: training, loading, and one turn at a time in a thread of its own."""

import logging
import os

import structlog

# Read by Rasa and TensorFlow when they are first imported.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Rasa draws its progress bars, hundreds of lines in a log file, unless this is WARNING or above.
os.environ.setdefault("LOG_LEVEL", "WARNING")

# Unconfigured, structlog prints every debug event, and Rasa's quote what patients write.
structlog.configure(
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    logger_factory=structlog.stdlib.LoggerFactory(),
)
