"""Cures of labels."""
