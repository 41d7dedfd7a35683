"""Tar shards as webdataset has them: read, gone through, and written member by member."""
