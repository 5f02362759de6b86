"""What our server's page processes do besides answering."""

import socket
import sys

import pytest

from postroad import asgi


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the kernel's")
def test_who_takes_nothing_of_his_page_is_let_go():
    with socket.create_server(("127.0.0.1", 0)) as door:
        assert asgi.let_go_of_who_takes_nothing() >= 1
        with socket.create_connection(door.getsockname()), door.accept()[0] as visitor:
            limit = visitor.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert limit == asgi.UNTAKEN * 1000
        assert door.fileno() != -1
