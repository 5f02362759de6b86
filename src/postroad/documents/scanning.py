"""A file looked at by clamd for viruses, over its INSTREAM: what is not answered is not clean.

No Django here. The file is sent in pieces, so it is never whole in memory.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postroad.documents.troubles import Infected, Locked, NotScanned, NotScannedWhole

PIECE = 1 << 16
SECONDS = 30.0  # for each step
LONGEST = 4096  # bytes of an answer
# What clamd tells as found, or as an error, and is no virus
NO_VIRUS = {
    "Heuristics.Limits.Exceeded": NotScannedWhole,
    "Heuristics.Encrypted": Locked,
    "INSTREAM size limit exceeded": NotScannedWhole,
}


def require_clean(path: Path, address: str) -> None:
    """Raises NotSent: Infected, or why clamd does not say that it is clean."""
    try:
        said = ask(path, address)
    except (OSError, ValueError) as why:
        raise NotScanned from why
    name = said.removesuffix(" FOUND").rpartition(":")[2].strip()[:80]
    for begins, trouble in NO_VIRUS.items():
        if name.startswith(begins):
            raise trouble
    if said.endswith(" FOUND"):
        raise Infected(name=name)
    if said != "stream: OK":
        raise NotScanned


def ask(path: Path, address: str) -> str:
    """What clamd says of the file: "stream: OK", "stream: NAME FOUND" or an error."""
    with connected(address) as line, path.open("rb") as file:
        line.sendall(b"zINSTREAM\0")
        try:
            while piece := file.read(PIECE):
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it stopped listening, as at a file beyond its limit, and may have said why
        said = b""
        while not said.endswith(b"\0") and len(said) < LONGEST:
            if not (piece := line.recv(LONGEST)):
                break
            said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    """`host:port`, or the path of a socket."""
    if address.startswith("/"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(SECONDS)
            line.connect(address)
            yield line
        return
    host, _colon, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS) as line:
        yield line
