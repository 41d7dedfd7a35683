"""An S3 server on the loopback that can be told to fail; prints its port.

`PUT /-/rules` takes {"forbidden": part of a path, "changing": part of a path whose object is
another when it is read, "failing": every so many requests, "how": in which ways, in turn, "times":
how often at most}; `GET /-/paths` returns the paths that were asked for since.
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

OWN = "/-/"

Start = Callable[..., Any]


class Server:
    """The application, behind what makes it fail."""

    def __init__(self) -> None:
        self.application = DomainDispatcherApplication(create_backend_app)
        self.rules: dict[str, Any] = {}
        self.paths: list[str] = []
        self.failures: Iterator[str] = iter(())

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(OWN):
            return self._own(environ, start)
        self.paths.append(path)
        if self.rules.get("forbidden", "\n") in path:
            return _refused("403 Forbidden", start)
        if self.rules.get("changing", "\n") in path and environ["REQUEST_METHOD"] == "GET":
            _change(environ["SERVER_PORT"], path)
        failing = self.rules.get("failing")
        if failing and len(self.paths) % failing == 0:
            how = next(self.failures, None)
            if how is not None:
                return FAILURES[how](self.application, environ, start)
        result: Iterable[bytes] = self.application(environ, start)
        return result

    def _own(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT":
            self.rules = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            self.paths = []
            ways = cycle(self.rules.get("how", FAILURES))
            self.failures = islice(ways, self.rules.get("times"))
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self.paths).encode()]


class Quiet(WSGIRequestHandler):
    """Tells nothing of requests."""

    def log(self, *_: object) -> None:
        pass


def _refused(answer: str, start: Start) -> Iterable[bytes]:
    start(answer, [("Content-Length", "0")])
    return [b""]


def _change(port: str, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    connection.request("PUT", path, b"another", {"Authorization": "AWS key:signature"})
    connection.getresponse().read()
    connection.close()


def _drop(environ: dict[str, Any]) -> Iterable[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return [b""]


def error(_: Any, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Answer with an error of the server."""
    return _refused("500 Internal Server Error", start)


def busy(_: Any, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Answer that it is busy."""
    return _refused("503 Service Unavailable", start)


def dropped(_: Any, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Do nothing, and end the connection."""
    return _drop(environ)


def lost(application: Any, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Do what is asked, and end the connection before an answer."""
    for _ in application(environ, lambda *_: None):
        pass
    return _drop(environ)


def cut(application: Any, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Do what is asked, and end the connection in the middle of the answer."""
    body = b"".join(application(environ, start))
    yield body[: len(body) // 2]
    yield from _drop(environ)


FAILURES = {way.__name__: way for way in (error, busy, dropped, lost, cut)}


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, Server(), threaded=True, request_handler=Quiet)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
