"""`python -m rules`: the library for other programs and for the clerk who writes the next policy."""

import sys

from rules.cli import main

if __name__ == "__main__":
    sys.exit(main())
