"""The doors: each takes its own kind of request, cleans it, hands over an ``Inbound`` and shows the reply."""
