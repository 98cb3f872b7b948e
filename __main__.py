"""`python -m dcache` is the command `dcache`."""

from .cli.main import main

if __name__ == "__main__":
    main()
