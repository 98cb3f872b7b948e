"""Rules on builds that make something else each time."""
