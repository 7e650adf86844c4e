"""What is stored of texting: consent, what became of each text, and what came beside words."""
