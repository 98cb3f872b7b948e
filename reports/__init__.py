"""Reports as people and programs read them: a file per noun and form."""
