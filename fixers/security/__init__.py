"""Cures of security."""
