"""Rules on what RUN instructions say in the language of the shell."""
