"""Jobs that the workers of a running Dask cluster do."""
