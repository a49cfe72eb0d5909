"""Run the measurements as `python -m benchmarks`."""

import sys
from importlib.util import find_spec

if __name__ == "__main__":
    if find_spec("leadrules") is None:
        sys.exit("benchmarks: leadrules is not installed here; install it with: pip install -e .")
    from benchmarks.command import main

    sys.exit(main())
