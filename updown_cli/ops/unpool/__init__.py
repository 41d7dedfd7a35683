"""Unpooling: put what a pool left back where it came from, or spread it."""
