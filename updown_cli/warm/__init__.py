"""A worker that has torch loaded, and calls that are handed over to it."""
