"""Cures of correctness."""
