"""The core of the monitor: records in, records out.

Nothing below this package touches the network, the clock, the environment, a file or the dice: bytes, `now` and jitter are
arguments. The shell around it is the package `workers`. `docs/architecture.md` draws the flow; `tests/core/test_purity.py` and
the import contract in `.importlinter` hold it.
"""
