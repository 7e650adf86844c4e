"""Numbers in a text: temperatures, durations, pain scores, the day of the procedure."""
