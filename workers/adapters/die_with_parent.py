"""A launcher, run as a script: asks the kernel to end this process when its parent dies, then becomes the program it is given.

    python -I -S die_with_parent.py PARENT PROGRAM ARGUMENT...

A process of its own, because what subprocess offers for this (`preexec_fn`) may deadlock in a parent with threads. The request
outlives the exec (prctl(2), PR_SET_PDEATHSIG); Linux alone knows it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, command: list[str]) -> None:
    """Becomes the command; ends at once where the parent died before it could be watched."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 -- the server that the parent chose, without a shell


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
