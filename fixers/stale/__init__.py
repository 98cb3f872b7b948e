"""Cures of steps that stay what they were."""
