"""Cures of the rules on pinning: what the lock of `dcache pin` holds is written; nothing is looked up."""
