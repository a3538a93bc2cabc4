"""`python -m editai`."""

import sys

from editai.cli import main

sys.exit(main())
