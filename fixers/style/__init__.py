"""Cures of style."""
