"""What can be learned: questions without an answer, turns that the bot got wrong, and where it had to be overruled."""
