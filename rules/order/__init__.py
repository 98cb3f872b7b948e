"""Rules on the order of instructions."""
