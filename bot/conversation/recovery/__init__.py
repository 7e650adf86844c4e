"""What finishes or files a turn that could not end as it should."""
