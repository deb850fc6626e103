"""The command line: asks with JSON lines in and out, and drafting and comparing policies."""

from rules.cli.main import main

__all__ = ["main"]
