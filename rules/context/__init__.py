"""Rules on what the build context brings in."""
