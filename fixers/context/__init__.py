"""Cures of the build context: what is kept out of it."""
