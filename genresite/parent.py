"""Children that end with their parent, even when the parent is killed."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child this signal when its parent dies. Linux only, else nothing."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask_kernel() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:  # it died between fork and prctl
                os.kill(os.getpid(), number)

    return ask_kernel
