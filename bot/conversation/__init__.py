"""One message, one turn, one reply: stored, screened, answered, and never less urgent than the screen."""
