"""`python -m workers.cli` is `monitor`."""

from workers.cli import main

main()
