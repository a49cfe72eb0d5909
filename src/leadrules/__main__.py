"""Run the command line as `python -m leadrules`."""

from leadrules.cli import main

if __name__ == "__main__":
    main()
