"""The `postroad` command: Django's management with ours beside it."""

import errno
import os
import sys

from postroad import __version__

AT_HOME_NOWHERE = {"restore", "help", "check", "-h"}  # needs nobody there, or nothing that is there
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


def about_the_database(why: Exception) -> str:
    """One sentence, unless it is a fault of ours, which should be seen with its frames."""
    said = " ".join(str(why).split())
    if "no such table" in said or ("relation" in said and "does not exist" in said):
        return "The database is not made yet. Run `./run postroad migrate` first."
    if "already exists" in said:
        return "Another start was making the database at the same moment. Start again."
    if type(why).__name__ != "OperationalError":
        raise why
    if "is locked" in said:
        return "Another Postroad works on this database just now. Try again in a minute."
    return f"The database cannot be used: {said.rstrip('.?')}."


def move_in() -> None:
    """Nothing is restored under the feet of a process that works with the home."""
    from django.conf import settings
    from django.core.management import CommandError

    from postroad import home

    try:
        home.move_in(settings.HOME)
    except home.LivedIn:
        raise CommandError(
            f"A restore is running in {settings.HOME}. Start again when it has finished."
        ) from None
    except PermissionError:
        pass  # who may only read there is no danger


def main() -> None:
    """Run one management command from the command line."""
    if sys.argv[1:] in (["version"], ["--version"]):
        sys.stdout.write(f"Postroad {__version__}\n")  # Django would tell its own
        return
    os.umask(0o077)  # database and mail are about people: for whoever runs us, and nobody else
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    arguments = sys.argv[1:]
    if arguments and not arguments[0].startswith("-"):
        arguments.insert(1, "--traceback")  # leaves it to us how a refusal reads
    try:
        if arguments and arguments[0] not in AT_HOME_NOWHERE and "--help" not in arguments:
            move_in()
        execute_from_command_line(["postroad", *arguments])
    except (ImproperlyConfigured, CommandError) as why:
        sys.exit(f"postroad: {why}")
    except (OperationalError, ProgrammingError) as why:
        sys.exit(f"postroad: {about_the_database(why)}")
    except OSError as why:
        if why.errno not in NO_ROOM:
            raise
        place = f" ({why.filename})" if why.filename else ""
        sys.exit(f"postroad: Nothing more can be written{place}: {why.strerror}.")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
