"""How a Dockerfile is written: cases, forms and words that every linter agrees on."""
