"""`python -m ratedparts` is the console command."""

import sys

from ratedparts.cli import main

sys.exit(main())
