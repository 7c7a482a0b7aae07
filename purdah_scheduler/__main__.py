"""`python -m purdah_scheduler` is the command line."""

from purdah_scheduler.cli.main import main

if __name__ == "__main__":
    main()
