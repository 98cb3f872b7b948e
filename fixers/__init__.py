"""Cures of what rules report: a file with the name of the rule that it cures, and what applies them."""
