"""Speed, measured. ``make bench`` runs it all; figures are of the machine and the moment."""
