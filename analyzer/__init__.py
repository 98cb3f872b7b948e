"""Reads a build and predicts its cache; knows no rule, no terminal and no config file."""
