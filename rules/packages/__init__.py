"""Rules on package managers: what stops a build, and what they leave behind."""
