#!/usr/bin/env python
"""Run an administrative command; the embedded parts that it needs are started first and stopped after."""

import os
import sys

from genresite import embedded
from genresite.environment import BadSetting


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    try:
        embedded.provide(sys.argv)
        run(sys.argv)
    except (BadSetting, embedded.CannotStart) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


def run(argv: list[str]) -> None:
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(argv)
    except OperationalError as error:  # the server is away, refuses, or its disk is full
        sys.stderr.write(f"The database cannot be used: {str(error).strip().splitlines()[0]}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
