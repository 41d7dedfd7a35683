"""Mutation fuzz of all that reads: mutants of small healthy files, and what may come of them."""
