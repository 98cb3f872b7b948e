"""Cures of package managers."""
