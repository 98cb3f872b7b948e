"""Rules on the mounts of RUN."""
