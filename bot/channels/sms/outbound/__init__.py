"""Texts that are no direct answer: through Twilio's API, and what became of each."""
