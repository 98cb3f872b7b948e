"""Instructions that do not do what they look like, or that the engine refuses or will refuse."""
