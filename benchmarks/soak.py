"""Run the long fault tests: ``python -m benchmarks.soak [--only NAME] [--quick]``.

The same as the benchmarks, for modules ``benchmarks/soak_<name>.py``: each yields rows that say
how many faults were made and how many were survived. Written to ``out/soak.json``.
"""

from __future__ import annotations

import sys

from benchmarks.run import main

if __name__ == "__main__":
    sys.exit(main(prefix="soak"))
