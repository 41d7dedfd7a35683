"""From a name to bytes and back: what it leads to, and files that appear whole or not at all."""
