#!/usr/bin/env python
"""Run an administrative command; the embedded parts that it needs are started first and stopped after."""

import os
import sys

from genresite import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    try:
        embedded.provide(sys.argv)
    except embedded.CannotStart as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
