"""Cures of what differs from build to build."""
