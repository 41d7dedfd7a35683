"""What goes over the socket, and who is at its other end.

Messages are values of plain types as `marshal` writes them: both ends run the same Python, which
the name of the socket tells, for the same user, whom the system tells.
"""

from __future__ import annotations

import marshal
import os
import socket
import sys

TYPE_CHECKING = False  # importing `typing` for it would take as long as all else
if TYPE_CHECKING:
    from typing import Any

LENGTH = 4

# Larger messages than systems let arguments and environments be are none of ours.
LARGEST = 1 << 26

#: What can go wrong with a message.
FAILURES = (OSError, EOFError, ValueError, TypeError, KeyError)

# Where macOS and the BSDs tell the user of the other end, for which Python has no names.
SOL_LOCAL, LOCAL_PEERCRED = 0, 1


def send(connection: socket.socket, message: Any) -> None:
    """Send a message; raise one of FAILURES."""
    data = marshal.dumps(message)
    connection.sendall(len(data).to_bytes(LENGTH, "big") + data)


def receive(connection: socket.socket) -> Any:
    """Return a message; raise one of FAILURES, which EOFError is where the other end has gone."""
    length = int.from_bytes(_exactly(connection, LENGTH), "big")
    if length > LARGEST:
        raise ValueError(length)
    return marshal.loads(_exactly(connection, length))


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def is_mine(connection: socket.socket) -> bool:
    """Whether the process at the other end runs for the same user; raise OSError if not told."""
    return _peer(connection, 1) == os.geteuid()


def caller(connection: socket.socket) -> int:
    """Return the number of the process at the other end; 0 where it is not told."""
    return _peer(connection, 0) if hasattr(socket, "SO_PEERCRED") else 0


def _peer(connection: socket.socket, number: int) -> int:
    """Return a number that the system tells of the other end: of its process, or of its user."""
    if hasattr(socket, "SO_PEERCRED"):
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    else:
        credentials = connection.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, 76)
    return int.from_bytes(credentials[4 * number :][:4], sys.byteorder)
