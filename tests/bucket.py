"""A bucket of an S3 server on the loopback, for tests."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

SERVER = Path(__file__).with_name("bucket_server.py")

KEY, SECRET = "a-key-that-nobody-prints", "a-secret-that-nobody-prints"


@dataclass
class Bucket:
    """A bucket: its server's address, and what it holds."""

    address: str
    client: Any
    name: str

    def url(self, path: str) -> str:
        """Return the URL of an object."""
        return f"s3://{self.name}/{path}"

    def put(self, path: str, data: bytes) -> None:
        """Make an object."""
        self.client.put_object(Bucket=self.name, Key=path, Body=data)

    def get(self, path: str) -> bytes:
        """Return what an object holds."""
        data: bytes = self.client.get_object(Bucket=self.name, Key=path)["Body"].read()
        return data

    def names(self, prefix: str = "") -> list[str]:
        """Return what there is."""
        pages = self.client.get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self.name, Prefix=prefix)
        return [entry["Key"] for page in found for entry in page.get("Contents", [])]

    def rule(self, **rules: Any) -> None:
        """Let requests fail from now on, by the rules of the server."""
        request = Request(f"{self.address}/-/rules", json.dumps(rules).encode(), method="PUT")
        urlopen(request).close()

    def paths(self) -> list[str]:
        """Return what was asked for since there are rules."""
        with urlopen(f"{self.address}/-/paths") as answer:
            found: list[str] = json.load(answer)
        return found


@contextmanager
def serving() -> Iterator[str]:
    """Run a server, and yield its address."""
    command = [sys.executable, str(SERVER)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as server:  # type: ignore[call-overload]
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


@contextmanager
def empty_bucket(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Make an empty bucket, to which the environment leads."""
    import boto3

    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",  # what is tried again, after no pause in tests, is so by updown
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=address)
    bucket = Bucket(address, client, f"pictures-{uuid.uuid4().hex[:8]}")
    client.create_bucket(Bucket=bucket.name)
    yield bucket
    bucket.rule()
    client.close()
