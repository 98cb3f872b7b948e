"""How each engine makes a cache key: a file per engine."""
