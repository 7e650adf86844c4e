"""The content lint: proves with the clinic's own values that what patients may read is complete and fits.

What a loader refuses (a missing length, an unknown placeholder) is reported as it says it; the rest is checked here.
"""
