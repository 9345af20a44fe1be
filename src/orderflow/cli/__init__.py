"""The command line: thin commands over the library, loaded one at a time."""
