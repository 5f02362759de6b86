"""The `postroad` command: Django's management with ours beside it."""

import os
import sys


def main() -> None:
    """Run one management command from the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, execute_from_command_line

    arguments = sys.argv[1:]
    if arguments and not arguments[0].startswith("-"):
        arguments.insert(1, "--traceback")  # leaves it to us how a refusal reads
    try:
        execute_from_command_line(["postroad", *arguments])
    except (ImproperlyConfigured, CommandError) as why:
        sys.exit(f"postroad: {why}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
