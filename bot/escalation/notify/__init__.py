"""Telling staff, on the routes that the clinic has set up, that an escalation waits."""
