"""Aftercare: a post-procedure symptom triage chatbot."""
