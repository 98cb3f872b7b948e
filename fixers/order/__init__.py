"""Cures of instructions that stand in an order that costs rebuilds."""
