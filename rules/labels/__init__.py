"""The labels of an image."""
