"""Secrets, users and where images come from."""
