"""A server of S3's objects that does as little as it can: `python -m benchmarks.small_bucket`.

Objects are in memory. It prints its port; `GET /-/seconds` tells how long it has computed so far.
It knows what updown asks for: lists, heads, whole objects and parts of them with `If-Match`, puts
with `If-None-Match`.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

REASONS = {200: "OK", 206: "Partial Content", 404: "Not Found", 412: "Precondition Failed"}
WHEN = formatdate(usegmt=True)
LISTED = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Bucket:
    """All objects, and their tags."""

    objects: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer:
        """Return number, headers and body of an answer."""
        if request.path == "/-/seconds":
            return 200, {}, str(time.process_time()).encode()
        if "list-type" in request.query:
            return 200, {"Content-Type": "application/xml"}, self._listed(request)
        if request.method == "PUT":
            return self._put(request)
        if request.path.count("/") < 2:
            return 200, {}, b""
        return self._get(request)

    def _put(self, request: Request) -> Answer:
        if "if-none-match" in request.headers and request.path in self.objects:
            return 412, {}, b""
        self.objects[request.path] = request.body
        tag = self.tags[request.path] = f'"{hashlib.md5(request.body).hexdigest()}"'
        return 200, {"ETag": tag}, b""

    def _get(self, request: Request) -> Answer:
        data, tag = self.objects.get(request.path), self.tags.get(request.path, "")
        if data is None:
            return 404, {}, b""
        if request.headers.get("if-match", tag) != tag:
            return 412, {}, b""
        headers, number = {"ETag": tag, "Last-Modified": WHEN}, 200
        if part := re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", "")):
            first, last = int(part[1]), min(int(part[2]), len(data) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
            data, number = data[first : last + 1], 206
        return number, headers, data

    def _listed(self, request: Request) -> bytes:
        asked = {name: values[0] for name, values in parse_qs(request.query).items()}
        root = f"{request.path.rstrip('/')}/"
        start, sign = root + asked.get("prefix", ""), asked.get("delimiter", "")
        found, folders = [], set()
        for path in sorted(path for path in self.objects if path.startswith(start)):
            below = path.removeprefix(start)
            if sign and sign in below:
                above = path.removeprefix(root).removesuffix(below)
                folders.add(above + below.partition(sign)[0] + sign)
            else:
                name, size = escape(path.removeprefix(root)), len(self.objects[path])
                found.append(
                    f"<Contents><Key>{name}</Key><LastModified>{LISTED}</LastModified>"
                    f"<ETag>{escape(self.tags[path])}</ETag><Size>{size}</Size></Contents>"
                )
        found.extend(
            f"<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>"
            for name in map(escape, folders)
        )
        count = len(found)
        return (
            f"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>{count}</KeyCount>"
            f"{''.join(found)}</ListBucketResult>"
        ).encode()


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    """Return the next request of a connection; raise EOFError at its end."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = (line.split(":", 1) for line in lines[1:] if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    if "expect" in headers:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    length = int(headers.get("content-length", 0))
    body = await reader.readexactly(length) if length else b""
    if "aws-chunked" in headers.get("content-encoding", ""):
        body = _without_frames(body)
    path, _, query = target.partition("?")
    return Request(method, unquote(path), query, headers, body)


def _without_frames(body: bytes) -> bytes:
    """Return what came in frames: the length of each in hexadecimal, then so many bytes."""
    data, at = b"", 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end].partition(b";")[0], 16)
        if not size:
            return data
        data += body[end + 2 : end + 2 + size]
        at = end + 2 + size + 2


async def _serve(
    bucket: Bucket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            request = await _request(reader, writer)
            number, headers, body = bucket.answer(request)
            headers = {**headers, "Content-Length": str(len(body))}
            told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"HTTP/1.1 {number} {REASONS[number]}\r\n{told}\r\n".encode()
            writer.write(head if request.method == "HEAD" else head + body)
            await writer.drain()
    except (EOFError, OSError):
        writer.close()


async def main() -> None:
    """Serve until killed."""
    bucket = Bucket()
    server = await asyncio.start_server(
        lambda reader, writer: _serve(bucket, reader, writer), "127.0.0.1", 0, limit=1 << 26
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
