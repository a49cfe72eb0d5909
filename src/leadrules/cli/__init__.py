"""The command line, `leadrules`; light on purpose, so that it can say which extra is missing."""

import gc
import sys
from importlib.util import find_spec

_EXTRA = ("rich", "typer")
_OBJECTS = 100_000
"""So many new objects are made before garbage is looked for: importing and scoring leave next to none."""


def main() -> None:
    """Run the `leadrules` command.

    Without the extra it needs, say in one sentence what to install and exit with status 2.
    """
    if any(find_spec(name) is None for name in _EXTRA):
        sys.stderr.write("The command line needs an extra; install it with: pip install 'leadrules[cli]'\n")
        sys.exit(2)
    gc.set_threshold(_OBJECTS)
    from leadrules.cli.streams import PipeClosed, StdoutLost, take_streams

    try:
        take_streams()
        from leadrules.cli.app import app

        try:
            app(prog_name="leadrules")
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:  # before a command runs; from then on it is handled there
        sys.exit(130)
    except MemoryError:  # likewise
        sys.stderr.write("error: there is not enough memory for this\n")
        sys.exit(2)
    except PipeClosed:
        sys.exit(141)
    except StdoutLost as problem:
        if sys.stderr is not None:
            sys.stderr.write(f"error: standard output cannot be written: {problem}\n")
        sys.exit(2)
    finally:
        gc.freeze()  # the process ends: to look for garbage in all that it loaded would take it a quarter of its time
