# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP on stdout."""

import time

from harness import unnamed


class Check:
    """Counts what was found."""

    def __init__(self):
        self.number = 0
        self.failed = 0
        self.start = time.monotonic()

    def ok(self, text, good=True):
        self.number += 1
        self.failed += not good
        seconds = time.monotonic() - self.start
        print(f"{'ok' if good else 'not ok'} {self.number} - {text} # {seconds:.1f} s", flush=True)

    def named(self, window, what):
        bad = unnamed(window)
        for line in bad:
            print(f"# no name: {line}")
        self.ok(f"every control of {what} has a name", not bad)
