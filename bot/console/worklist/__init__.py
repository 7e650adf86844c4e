"""The worklist: who needs help now, most urgent first, renewed while it is open."""
