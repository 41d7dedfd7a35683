"""Learned blocks with which networks enlarge their maps."""
