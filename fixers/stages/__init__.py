"""Cures of stages and of copies between them."""
