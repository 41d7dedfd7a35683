"""Several operations as one: their shapes, what they need of the input, and their JSON."""
