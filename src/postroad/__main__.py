"""The `postroad` command: Django's management with ours beside it."""

import os
import sys


def main() -> None:
    """Run one management command from the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["postroad", *sys.argv[1:]])
    except ImproperlyConfigured as why:
        sys.exit(f"postroad: {why}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
