"""Who staff are: accounts and roles, passwords, the second factor, sessions, signing in."""
