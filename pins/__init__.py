"""Asks services what names stand for now: a module for each kind of service, and one that speaks HTTP.

This package alone uses a network, and only `dcache pin` calls it.
"""
