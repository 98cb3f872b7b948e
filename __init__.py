"""Predicts, explains and repairs the layer cache of container builds, without building."""

__version__ = "0.1.0"
