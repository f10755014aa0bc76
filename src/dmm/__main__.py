"""`python -m dmm` is the command `dmm`."""

import sys

from dmm.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
