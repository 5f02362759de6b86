"""A network that is there and answers nothing, as at the edge of what a mast reaches."""

import socket
import socketserver
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PIECE = 1 << 16


class HalfANetwork:
    """Stands before a site, at an address of its own. What is asked always arrives; what is
    answered only while `answers` is set, and else waits."""

    def __init__(self, site: str) -> None:
        there, network = urlsplit(site), self
        host, port = there.hostname or "", there.port or 80
        self.answers = threading.Event()
        self.answers.set()

        class Wire(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection((host, port)) as server:
                    asking = threading.Thread(
                        target=network.carry, args=(self.request, server), daemon=True
                    )
                    asking.start()
                    network.carry(server, self.request, back=True)

        self.server = socketserver.ThreadingTCPServer((host, 0), Wire)
        self.server.daemon_threads = True
        self.site = f"http://{host}:{self.server.server_address[1]}"

    def carry(self, source: socket.socket, to: socket.socket, *, back: bool = False) -> None:
        try:
            while piece := source.recv(PIECE):
                if back:
                    self.answers.wait()
                to.sendall(piece)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            return  # one of the two has hung up

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.answers.set()
        self.server.shutdown()
        self.server.server_close()
