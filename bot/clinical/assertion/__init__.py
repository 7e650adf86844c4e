"""What a text says about a mention: denied, asked about, gone, somebody else's (ConText, Harkema et al. 2009)."""
