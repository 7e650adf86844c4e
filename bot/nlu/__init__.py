"""Components of Rasa's NLU pipeline: thin wrappers, one to a file; ``config.yml`` names them."""
