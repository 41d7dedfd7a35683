"""What a model's own configuration does to a picture before the model sees it, as operations."""
