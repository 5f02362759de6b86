"""PostgreSQL's own programs, `pg_dump` and `psql`, on the database of the settings."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.management import CommandError
from django.db import connection
from psycopg.conninfo import make_conninfo

DEBIAN = Path("/usr/lib/postgresql")
VERSION = re.compile(rb"\(PostgreSQL\) (\d+)")
COPIES = re.compile(rb"COPY .+ FROM stdin;\n")
# Of what the settings say of the way to the server, all that its programs know too.
WAY = [
    *("dbname", "host", "hostaddr", "port", "user", "service", "passfile", "connect_timeout"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "gssencmode"),
]
# Written by newer versions of pg_dump, and unknown to older servers and to older psql.
LEFT_OUT = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout ", b"CREATE SCHEMA public;")


class Foreign(Exception):
    """The dump has a line that pg_dump did not write."""


def program(name: str, server: int) -> str:
    """The newest of this machine, which must not be older than the server."""
    found = [*DEBIAN.glob(f"*/bin/{name}"), *filter(None, [shutil.which(name)])]
    versions = {str(path): version_of(str(path)) for path in found}
    best = max(versions, key=lambda path: versions[path], default="")
    if not best:
        raise CommandError(
            f"The program {name} is not on this machine; install PostgreSQL's client programs, "
            f"version {server} or newer (on Debian: postgresql-client)."
        )
    if versions[best] < server:
        raise CommandError(
            f"{best} is of version {versions[best]}, the server of version {server}; install "
            f"PostgreSQL's client programs, version {server} or newer."
        )
    return best


def version_of(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, check=False).stdout
    match = VERSION.search(said)
    return int(match.group(1)) if match else 0


def server_version() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def way() -> tuple[str, dict[str, str]]:
    """How a program of PostgreSQL comes to our database; the password stays out of its words."""
    said = {key: value for key, value in connection.get_connection_params().items() if value}
    address = make_conninfo(**{key: said[key] for key in WAY if key in said})
    secret = {"PGPASSWORD": str(said["password"])} if "password" in said else {}
    return address, os.environ | secret


def dump(snapshot: str) -> Iterator[bytes]:
    """The schema `public` as SQL, as it is in the snapshot."""
    address, surroundings = way()
    command = [
        *(program("pg_dump", server_version()), "--format=plain", "--schema=public"),
        *("--no-owner", "--no-privileges", "--encoding=UTF8", f"--snapshot={snapshot}"),
        *("--lock-wait-timeout=60000", f"--dbname={address}"),
    ]
    with subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            # Read as it will be at a restore, so that what cannot be restored is told now.
            yield from in_chunks(only_sql(process.stdout))
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        raise CommandError(f"pg_dump failed: {said.splitlines()[0] if said else 'no reason given'}")


def in_chunks(lines: Iterable[bytes], size: int = 1 << 18) -> Iterator[bytes]:
    waiting, length = [], 0
    for line in lines:
        waiting.append(line)
        length += len(line)
        if length > size:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)


def only_sql(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The dump without what is for psql alone. A command of psql may run programs: Foreign."""
    copying = False
    for line in lines:
        if copying:
            copying = line != b"\\.\n"
        elif line.startswith(LEFT_OUT):
            continue
        elif b"\\" in line:
            raise Foreign(line[:80].decode(errors="replace").strip())
        else:
            copying = COPIES.fullmatch(line) is not None
        yield line
    if copying:
        raise Foreign("it ends in the middle of a table")


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def play(lines: Iterable[bytes], *, aside: str) -> None:
    """All of this SQL in one transaction, in place of the schema, which is kept as `aside`."""
    address, surroundings = way()
    command = [
        *(program("psql", server_version()), "--no-psqlrc", "--quiet", "--single-transaction"),
        *("--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-", f"--dbname={address}"),
    ]
    with subprocess.Popen(
        command, env=surroundings, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            process.stdin.write(make_room(aside))
            for chunk in in_chunks(only_sql(lines)):
                process.stdin.write(chunk)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it tells why, below
        except BaseException:
            process.kill()  # or it would take what came so far for all of it
            raise
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        reason = said.splitlines()[0] if said else "no reason given"
        raise CommandError(f"psql failed: {reason}. The database is unchanged.")


def make_room(aside: str) -> bytes:
    connection.close()  # our own session would hold the schema
    return f"ALTER SCHEMA public RENAME TO {aside}; CREATE SCHEMA public;\n".encode()


def others() -> int:
    """How many other programs are connected to our database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (count,) = cursor.fetchone()
    return int(count)
