"""Exits 0 when the server answers `hello` as a primary, 1 otherwise.

A probe runs every few seconds, so it speaks the few bytes of the protocol itself: importing the driver would cost more
than the server does.
"""

import os
import socket
import struct
import sys

_HELLO = b"\x10hello\x00\x01\x00\x00\x00" + b"\x02$db\x00" + struct.pack("<i", 6) + b"admin\x00"
_OP_MSG = 2013
_PRIMARY = b"\x08isWritablePrimary\x00\x01"


def answers(host: str, port: int, seconds: float = 5.0) -> bool:
    """Whether the server at `host`:`port` says within `seconds` that it is a writable primary."""
    document = struct.pack("<i", len(_HELLO) + 5) + _HELLO + b"\x00"
    body = struct.pack("<I", 0) + b"\x00" + document
    message = struct.pack("<iiii", 16 + len(body), 1, 0, _OP_MSG) + body
    try:
        with socket.create_connection((host, port), timeout=seconds) as connection:
            connection.sendall(message)
            (length,) = struct.unpack("<i", _receive(connection, 4))
            return _PRIMARY in _receive(connection, length - 4)
    except (OSError, struct.error):
        return False


def _receive(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        chunk = connection.recv(size - len(received))
        if not chunk:
            msg = "The server closed the connection."
            raise ConnectionError(msg)
        received += chunk
    return received


if __name__ == "__main__":
    sys.exit(0 if answers("127.0.0.1", int(os.environ.get("PORT", "27017"))) else 1)
