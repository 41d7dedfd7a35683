"""Interpolation: new pixels between the old ones, or fewer of them."""
