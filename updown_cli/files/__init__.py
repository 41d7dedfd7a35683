"""Files to arrays and back; the only home of Pillow."""
