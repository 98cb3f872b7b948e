"""Rules on stages."""
