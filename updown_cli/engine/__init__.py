"""Runs a planned pipeline with torch: on which device, in which type, within how much memory."""
