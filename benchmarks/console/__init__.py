"""The staff console with very many cases: its speed, and what Lighthouse says of its pages."""
