"""What makes a text message a text message: its alphabet and length, its keywords, its numbers. No network, no SQL."""
