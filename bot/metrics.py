"""Prometheus metrics. Labels are words from closed lists, never anything that a patient wrote."""

from prometheus_client import Counter, Histogram

TURNS = Counter(
    "aftercare_turns_total", "Turns answered, by channel and disposition given.", ["channel", "disposition"]
)
INTERLOCK = Counter(
    "aftercare_interlock_total",
    "Turns that the interlock answered in Rasa's place: loading, failure or disagreement.",
    ["reason"],
)
RECOVERED = Counter("aftercare_recovered_total", "Turns or questions that the sweep finished.", ["kind"])
TURN_SECONDS = Histogram(
    "aftercare_turn_seconds",
    "Time of a turn, from the stored message to the stored reply.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DELIVERIES = Counter(
    "aftercare_deliveries_total",
    "Attempts to deliver an item of the outbox, by kind and result: sent, not_needed, failed (again later) or dead.",
    ["kind", "result"],
)

# From the start, with 0: Prometheus sees no increase where a line appears with its first count.
for _reason in ("loading", "failure", "disagreement"):
    INTERLOCK.labels(_reason)
for _kind in ("spooled", "message", "escalation", "question"):
    RECOVERED.labels(_kind)
