"""Where the jobs of a run are done: here, in threads, in forked processes."""
