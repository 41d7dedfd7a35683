"""Many images through one pipeline. A file that fails does not stop the others."""
