"""Rules on keys that stay the same though the truth changes."""
