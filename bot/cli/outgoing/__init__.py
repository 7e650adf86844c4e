"""What goes out: notifications to staff, texts to patients."""
