"""What the staff console stores for itself."""
