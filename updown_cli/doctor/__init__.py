"""What a resize does to pictures, measured with test signals: a command, a chain or a model."""
