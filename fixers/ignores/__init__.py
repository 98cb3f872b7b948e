"""Cures of comments that ignore findings."""
