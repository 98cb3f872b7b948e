"""Cures of mounts: caches kept, locked and not emptied."""
