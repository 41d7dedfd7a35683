"""`upsample --like LIBRARY` against the libraries themselves."""
