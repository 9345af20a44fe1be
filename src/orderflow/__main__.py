"""`python -m orderflow` is the command `orderflow`."""

from orderflow.cli.main import main

if __name__ == "__main__":
    main()
