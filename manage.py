#!/usr/bin/env python3
"""Django's entry for operators and developers."""

import os
import sys

# Only these change the schema, or what is its owner's alone; everything else runs as the workers' role.
OWNER_COMMANDS = {"migrate", "sqlmigrate", "showmigrations", "reset_second_factor"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cehours.settings")
    if sys.argv[1:2] and sys.argv[1] in OWNER_COMMANDS and "DATABASE_MIGRATE_URL" in os.environ:
        os.environ["DATABASE_URL"] = os.environ["DATABASE_MIGRATE_URL"]
        for suffix in ("", "_FILE"):
            os.environ.pop(f"DATABASE_WORKER_URL{suffix}", None)
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings module must be named first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
