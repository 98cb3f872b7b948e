"""Cures of what RUN instructions say in the language of the shell."""
