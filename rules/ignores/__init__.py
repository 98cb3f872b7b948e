"""Comments that ask dcache to be silent."""
