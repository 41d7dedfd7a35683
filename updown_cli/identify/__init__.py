"""Who made a picture of another: the conventions of libraries run, and what they give compared."""
