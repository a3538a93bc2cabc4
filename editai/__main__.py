"""`python -m editai`."""

import sys

try:
    from editai.cli import main

    status = main()
except KeyboardInterrupt:  # while it was still being imported
    status = 130
sys.exit(status)
