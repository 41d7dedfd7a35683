"""What a unit of a network saw: its activation sent back to the input (Zeiler and Fergus 2014)."""
