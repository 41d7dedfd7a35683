"""An S3 server on the loopback that can be told to fail; prints its port.

`PUT /-/rules` takes {"forbidden": part of a path, "busy": every so many requests}; `GET /-/paths`
returns the paths that were asked for since.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

OWN = "/-/"


class Server:
    """The application, behind what makes it fail."""

    def __init__(self) -> None:
        self.application = DomainDispatcherApplication(create_backend_app)
        self.rules: dict[str, Any] = {}
        self.paths: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(OWN):
            return self._own(environ, start)
        self.paths.append(path)
        if self.rules.get("forbidden", "\n") in path:
            return _refused("403 Forbidden", start)
        busy = self.rules.get("busy")
        if busy and len(self.paths) % busy == 0:
            return _refused("503 Service Unavailable", start)
        result: Iterable[bytes] = self.application(environ, start)
        return result

    def _own(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT":
            self.rules = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            self.paths = []
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self.paths).encode()]


class Quiet(WSGIRequestHandler):
    """Tells nothing of requests."""

    def log(self, *_: object) -> None:
        pass


def _refused(answer: str, start: Callable[..., Any]) -> Iterable[bytes]:
    start(answer, [("Content-Length", "0")])
    return [b""]


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, Server(), threaded=True, request_handler=Quiet)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
