"""URLs wherever a path is taken: as on a disk, byte for byte, and whole or not at all."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import numpy as np
import pytest

from tests.bucket import KEY, SECRET, Bucket, empty_bucket, serving
from tests.conftest import COMMAND, Updown, noise, picture, pixels
from updown_cli.errors import InputError
from updown_cli.stores.names import exists, forget_seen, store_of
from updown_cli.stores.remote import Remote

TOKEN = "a-token-that-nobody-prints"

pytest.importorskip("moto", reason="needs moto")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def bucket(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setattr("updown_cli.stores.remote_error.PAUSES", (0.01, 0.01, 0.01))
    with empty_bucket(address, monkeypatch) as bucket:
        yield bucket


def tree(bucket: Bucket, count: int, side: int = 24) -> list[str]:
    """Write pictures to a folder and to the bucket, some below another folder."""
    os.makedirs("in/deep")
    names = [f"{'deep/' if number % 3 == 0 else ''}{number:02}.png" for number in range(count)]
    for number, name in enumerate(names):
        picture(f"in/{name}", noise(side, side, seed=number))
        bucket.put(f"in/{name}", Path("in", name).read_bytes())
    return names


def test_bucket_to_bucket_is_disk_to_disk(updown: Updown, bucket: Bucket) -> None:
    names = tree(bucket, 7)
    chain = ["chain", "pool -k 2 | upsample --mode bicubic --scale-factor 3", "-j", "2"]
    assert updown(*chain, "-r", "in", "-o", "out").code == 0
    bucket.rule()
    done = updown(*chain, "-r", bucket.url("in"), "-o", bucket.url("out"), "--json")
    assert done.code == 0
    asked = Counter(bucket.paths())
    read, written = (
        sorted(asked[f"/{bucket.name}/{folder}/{name}"] for name in names)
        for folder in ("in", "out")
    )
    assert read == [1] * 6 + [3]  # the first header tells whether torch is needed
    assert written == [1] * 4 + [2] * 3  # a few names are asked for before a folder is listed
    assert bucket.names("out/") == sorted(f"out/{name}" for name in names)
    for name in names:
        assert bucket.get(f"out/{name}") == Path("out", name).read_bytes()
    told = {record["source"]: record["output"] for record in done.records}
    assert told == {bucket.url(f"in/{name}"): bucket.url(f"out/{name}") for name in names}
    assert {record["output_bytes"] for record in done.records} == {
        len(bucket.get(f"out/{name}")) for name in names
    }


def test_policies_are_those_of_a_disk(updown: Updown, bucket: Bucket) -> None:
    tree(bucket, 3)
    run = ["pool", bucket.url("in/*.png"), "-o", bucket.url("out/"), "-j", "1"]
    assert updown(*run).code == 0
    before = {name: bucket.get(name) for name in bucket.names("out/")}
    assert len(before) == 2
    again = updown(*run)
    assert again.code == 1
    assert again.stderr.splitlines()[0] == (
        f"updown: {bucket.url('in/01.png')}: {bucket.url('out/01.png')} exists; "
        "choose --if-exists skip, update, overwrite or rename"
    )
    assert "0 done, 2 skipped" in updown(*run, "--if-exists", "skip").stderr
    assert "2 done" in updown(*run, "--if-exists", "rename").stderr
    assert bucket.names("out/") == ["out/01-1.png", "out/01.png", "out/02-1.png", "out/02.png"]
    assert "2 done" in updown(*run, "--if-exists", "overwrite").stderr
    assert {name: bucket.get(name) for name in before} == before


def test_names_stand_wherever_paths_do(updown: Updown, bucket: Bucket) -> None:
    """Lists, indices, recipes, reports, weights and second inputs."""
    tree(bucket, 2, side=6)
    bucket.put("list.txt", f"{bucket.url('in/01.png')}\n".encode())
    kernel = io.BytesIO()
    np.save(kernel, np.array([[[[0, 1], [2, 3]]]], np.float32))
    bucket.put("kernel.npy", kernel.getvalue())
    report = bucket.url("told.jsonl")
    pool = ["pool", "--files-from", bucket.url("list.txt"), "-o", bucket.url("p/")]
    indices = bucket.url("p/{stem}.npz")
    pool += ["--save-indices", indices, "--report", report]
    assert updown(*pool).code == 0
    assert updown(*pool, "--if-exists", "skip").code == 0
    lines = [json.loads(line) for line in bucket.get("told.jsonl").splitlines()]
    assert [(line["status"], line["run"]) for line in lines] == [("done", 1)]
    unpool = ["chain", f"unpool --indices {bucket.url('p/01.npz')}", bucket.url("p/01.png")]
    assert updown(*unpool, "-o", "un.png", "--save-recipe", bucket.url("recipe.json")).code == 0
    source = pixels("in/01.png")
    kept = pixels("un.png")
    assert ((kept == source) | (kept == 0)).all()
    assert (kept > 0).sum() >= 8
    chain = ["chain", "--recipe", bucket.url("recipe.json"), bucket.url("p/01.png")]
    assert updown(*chain, "-o", "again.png").code == 0
    assert updown("compare", "un.png", "again.png", "--fail-above", "max=0").code == 0
    deconv = ["deconv", "-s", "2", "in/01.png", "--kernel"]
    assert updown(*deconv, bucket.url("kernel.npy"), "-o", "d.npy").code == 0
    assert updown(*deconv, "0 1; 2 3", "-o", "e.npy").code == 0
    assert np.array_equal(np.load("d.npy"), np.load("e.npy"))


def test_passing_errors_pass_and_what_is_forbidden_is_not_tried_again(
    updown: Updown, bucket: Bucket
) -> None:
    tree(bucket, 6)
    bucket.rule(forbidden="04.png", failing=3)
    done = updown("pool", bucket.url("in/*.png"), "-o", bucket.url("out/"), "-j", "1")
    assert done.code == 1
    assert done.stderr.splitlines() == [
        f"updown: {bucket.url('in/04.png')}: permission denied",
        "updown: 3 done, 0 skipped, 1 failed",
    ]
    assert bucket.paths().count(f"/{bucket.name}/in/04.png") <= 2
    bucket.rule()
    for name in ("01", "02", "05"):
        assert bucket.get(f"out/{name}.png")[-8:-4] == b"IEND"


def test_a_server_whose_answer_was_lost_has_the_file_and_not_somebody_else(bucket: Bucket) -> None:
    def claim(data: bytes | None) -> object:
        draft = store_of(url).draft(url)
        if data is None:
            draft.begin().write(b"on disk")
        else:
            draft.write(data)
        bucket.rule(failing=1, how=["lost"], times=1)
        return draft.claim(url)

    for number, data in enumerate((b"mine", b"", None)):
        url = bucket.url(f"{number}.png")
        assert claim(data) is not None
        assert bucket.get(f"{number}.png") == (b"on disk" if data is None else data)
        assert claim(b"other") is None
        assert bucket.get(f"{number}.png") == (b"on disk" if data is None else data)


def test_an_object_that_changes_is_refused(updown: Updown, bucket: Bucket) -> None:
    tree(bucket, 6)
    bucket.rule(changing="in/02.png")
    done = updown("pool", bucket.url("in/*.png"), "-o", bucket.url("out/"), "-j", "2")
    assert (done.code, done.stderr.splitlines()) == (
        1,
        [
            f"updown: {bucket.url('in/02.png')}: changed while it was read; run the command again",
            "updown: 3 done, 0 skipped, 1 failed",
        ],
    )
    bucket.rule()
    forget_seen()
    done = updown("pool", bucket.url("in/02.png"), "-o", "out.png")
    assert done.stderr.startswith(f"updown: {bucket.url('in/02.png')}: not a supported image")


@pytest.mark.parametrize("guarded", [{"s3"}, set()], ids=["by the server", "by asking first"])
def test_another_content_than_that_of_a_list_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, guarded: set[str]
) -> None:
    monkeypatch.setattr("updown_cli.stores.remote_reading.GUARDED", guarded)
    for name in ("in/a", "in/b"):
        bucket.put(name, b"one")
    remote = Remote()
    assert len(list(remote.walk(bucket.url("in"), recurse=True, leave_out=None))) == 2
    bucket.put("in/b", b"two")
    with remote.open(bucket.url("in/a"), whole=True) as file:
        assert file.read() == b"one"
    with pytest.raises(InputError, match=r"^changed while it was read"):
        remote.open(bucket.url("in/b"), whole=True)


@pytest.mark.parametrize("whole", [True, False])
def test_a_large_object_that_changes_while_it_is_read_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr("updown_cli.stores.remote_reading.IN_MEMORY", 100)
    bucket.put("a", b"1" * 200)
    with Remote().open(bucket.url("a"), whole=whole) as file:
        bucket.put("a", b"2" * 200)
        if whole:
            assert file.read() == b"1" * 200
        else:
            with pytest.raises(InputError, match=r"^changed while it was read;"):
                file.read()


def test_another_run_in_the_same_process_asks_anew(bucket: Bucket) -> None:
    """As workers of a cluster do."""
    urls = [bucket.url(f"out/{number}.png") for number in range(9)]
    bucket.put("out/5.png", b"old")
    assert [exists(url) for url in urls].count(True) == 1
    bucket.client.delete_object(Bucket=bucket.name, Key="out/5.png")
    bucket.put("out/6.png", b"new")
    assert [exists(url) for url in urls] == [url.endswith("5.png") for url in urls]
    forget_seen()
    assert [exists(url) for url in urls] == [url.endswith("6.png") for url in urls]


def test_a_run_that_was_killed_is_gone_on_with(bucket: Bucket, updown: Updown) -> None:
    names = tree(bucket, 12, side=200)
    command = [str(COMMAND), "pool", "--mode", "median", "-k", "9", "-s", "1", "-r"]
    command += [bucket.url("in"), "-o", bucket.url("out"), "-j", "2"]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as run:
        end = time.monotonic() + 60
        while len(bucket.names("out/")) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGKILL)
    before = {name: bucket.get(name) for name in bucket.names("out/")}
    assert 0 < len(before) < len(names)
    assert updown(*command[1:], "--if-exists", "skip").code == 0
    assert bucket.names("out/") == sorted(f"out/{name}" for name in names)
    assert {name: bucket.get(name) for name in before} == before
    sizes = {pixels_of(bucket.get(f"out/{name}")) for name in names}
    assert sizes == {(192, 192)}


def pixels_of(data: bytes) -> tuple[int, ...]:
    Path("one.png").write_bytes(data)
    return pixels("one.png").shape


@pytest.mark.parametrize("debug", [False, True])
def test_credentials_are_told_nobody(
    updown: Updown, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, debug: bool
) -> None:
    """Not by what succeeds, what is forbidden or what is not there, wherever it is told."""
    tree(bucket, 2)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    if debug:
        monkeypatch.setenv("UPDOWN_DEBUG", "1")
    said = ""
    for number, name in enumerate(("in/*.png", "in/01.png", "none.png")):
        bucket.rule(forbidden="in/01.png" if number else "\n")
        told = ["--report", bucket.url(f"{number}.json"), "--save-recipe", f"{number}-recipe.json"]
        for more in ([*told, "-vv"], ["--json", "--report", f"{number}.csv"], ["--dry-run"]):
            words = ["chain", "pool", bucket.url(name), "-o", bucket.url("out/"), *more]
            done = updown(*words, "--if-exists", "overwrite")
            assert done.code == (number > 0)
            said += done.stdout + done.stderr
    bucket.rule()
    kept = b"".join((*map(bucket.get, bucket.names()), *map(Path.read_bytes, Path().glob("*.*"))))
    for secret in (SECRET, KEY, TOKEN):
        assert secret not in said
        assert secret.encode() not in kept


@pytest.mark.parametrize("name", ["a.png", "none.png"])
def test_questions_of_the_web_are_told_nobody(updown: Updown, bucket: Bucket, name: str) -> None:
    picture("a.png", noise(4, 4))
    bucket.put("a.png", Path("a.png").read_bytes())
    asked = {"Bucket": bucket.name, "Key": name}
    url = bucket.client.generate_presigned_url("get_object", asked)
    assert "ignature=" in url
    told = ["--report", "r.json", "--save-recipe", "recipe.json", "-vv"]
    for more in ([], ["--json"], ["--dry-run", "--report", "dry.csv"]):
        words = ["chain", "pool", url, "-o", "out/", "--if-exists", "overwrite", *told, *more]
        done = updown(*words)
        assert done.code == int(name == "none.png")
        said = done.stdout + done.stderr
        assert f"{name}?***" in said
        kept = "".join(Path(file).read_text() for file in ("r.json", "recipe.json"))
        for secret in ("ignature", KEY, "xpires"):
            assert secret not in said + kept
    assert not any("ignature" in os.fspath(path) for path in Path("out").glob("*"))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "https://me:word@127.0.0.1/a.png",
            "https://***@127.0.0.1/a.png: has a password in it, which others can read; "
            "put it where the library of the scheme looks for it",
        ),
        (
            "https://a-key@127.0.0.1/a.png",
            "https://***@127.0.0.1/a.png: has a user in it, which may be a key that others can "
            "read; put it where the library of the scheme looks for it",
        ),
        ("https:///a.png", "https:///a.png: names no server; write https://server/path"),
        ("http://:80/a.png", "http://:80/a.png: names no server; write https://server/path"),
        (
            "ftp://me:word@127.0.0.1/a.png",
            "ftp://***@127.0.0.1/a.png: has a password in it, which others can read; "
            "put it where the library of the scheme looks for it",
        ),
        ("s4://pictures/a.png", "s4://pictures/a.png: unknown scheme s4; did you mean s3://?"),
        ("gs://pictures/a.png", "gs://pictures/a.png: needs gcsfs; pip install gcsfs"),
    ],
)
def test_urls_that_cannot_be_used_are_refused(updown: Updown, url: str, sentence: str) -> None:
    picture("a.png", noise(4, 4))
    for words in (["pool", url, "-o", "b.png"], ["pool", "a.png", "-o", url]):
        done = updown(*words)
        assert (done.code, done.stderr.splitlines()[-1]) == (2, f"updown: {sentence}")


def test_a_bucket_that_is_not_there_is_named(updown: Updown, bucket: Bucket) -> None:
    picture("a.png", noise(4, 4))
    done = updown("pool", "a.png", "-o", "s3://nowhere/b.png")
    assert (done.code, done.stderr) == (1, "updown: a.png: s3://nowhere/b.png: no such bucket\n")
    done = updown("pool", "s3://nowhere/b.png", "-o", "b.png")
    assert (done.code, done.stderr) == (1, "updown: s3://nowhere/b.png: no such bucket\n")


def test_members_of_an_archive_are_read_where_it_lies(updown: Updown) -> None:
    picture("a.png", noise(8, 6))
    with zipfile.ZipFile("all.zip", "w") as archive:
        archive.write("a.png", "x/a.png")
        archive.writestr("x/notes.txt", "no picture")
    done = updown("pool", "-r", "zip://x::all.zip", "-o", "out")
    assert done.code == 0
    assert np.array_equal(pixels("out/a.png"), noise(8, 6).reshape(4, 2, 3, 2).max((1, 3)))
    assert updown("pool", "zip://x/a.png::all.zip", "-o", "one.png").code == 0
    done = updown("pool", "a.png", "-o", "zip://b.png::all.zip")
    assert (done.code, done.stderr.splitlines()[-1]) == (
        2,
        "updown: zip://b.png::all.zip: can only be read; name a place that can be written to",
    )


def test_a_report_goes_where_can_be_written(updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    done = updown("pool", "a.png", "-o", "b.png", "--report", "https://h.example/r.json")
    assert (done.code, done.stderr) == (
        2,
        "updown: https://h.example/r.json: can only be read; name a place that can be written to\n",
    )
    assert not Path("b.png").exists()


class _Pages(BaseHTTPRequestHandler):
    """Serves the folder of the test, but for what is secret."""

    def do_GET(self) -> None:
        path = Path(self.path.partition("?")[0].lstrip("/"))
        code = 403 if "secret" in path.name else 200 if path.is_file() else 404
        data = path.read_bytes() if code == 200 else b""
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def pages() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("names", [["a.png"], ["a.tar"], ["a.png", "b.png", "c.png"]])
def test_a_server_that_is_not_there_is_waited_for_once(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    """Nobody listens at port 1; however often it is asked, there is one row of tries."""
    forget_seen()
    waited: list[float] = []
    monkeypatch.setattr("updown_cli.stores.remote_error.time.sleep", waited.append)
    urls = [f"http://127.0.0.1:1/{name}" for name in names]
    done = updown("pool", *urls, "-o", "out/", "-j", "2")
    assert (done.code, done.stderr.splitlines()[: len(urls)]) == (
        1,
        [
            f"updown: {url}: cannot be read: the server cannot be reached; "
            "check its name, or run the command again"
            for url in urls
        ],
    )
    assert waited == [0.3, 1.0, 3.0]


def test_pictures_of_a_server_are_read(updown: Updown, pages: str) -> None:
    picture("a.png", noise(4, 4))
    picture("secret.png", noise(4, 4))
    assert updown("pool", f"{pages}/a.png?size=full", "-o", "out/").code == 0
    assert pixels("out/a.png").shape == (2, 2)
    for name, reason in (("secret", "permission denied"), ("none", "no such file")):
        done = updown("pool", f"{pages}/{name}.png", "-o", "b.png")
        assert (done.code, done.stderr) == (1, f"updown: {pages}/{name}.png: {reason}\n")


def test_memory_belongs_to_this_process(updown: Updown) -> None:
    memory = fsspec.filesystem("memory")
    picture("a.png", noise(4, 4))
    for number in range(3):
        memory.pipe_file(f"/in/{number}.png", Path("a.png").read_bytes())
    done = updown("pool", "memory://in", "-o", "memory://out", "-j", "2")
    assert (done.code, sorted(memory.ls("/out", detail=False))) == (
        0,
        ["/out/0.png", "/out/1.png", "/out/2.png"],
    )
    assert "updown: note: memory://out is gone when this process ends" in done.stderr.splitlines()
    memory.rm("/in", recursive=True)
    memory.rm("/out", recursive=True)


def test_file_urls_are_paths(updown: Updown, tmp_path: Path) -> None:
    picture("a.png", noise(4, 4))
    here = f"file://{tmp_path}"
    assert updown("pool", f"{here}/a.png", "-o", f"{here}/b.png").code == 0
    assert pixels("b.png").shape == (2, 2)


def unpacked(folder: str) -> dict[str, bytes]:
    return {
        os.path.relpath(path, folder): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def test_shards_of_a_bucket_are_those_of_a_disk(updown: Updown, bucket: Bucket) -> None:
    """Folder to shards, shards to shards, shards to folder: here, and within a bucket."""
    tree(bucket, 6)
    Path("in/deep/00.txt").write_text("caption")
    bucket.put("in/deep/00.txt", b"caption")
    steps = (
        ("-r", "in", "-o", "set/a-{0..}.tar", "--shard-size", "4"),
        ("set/a-{0..1}.tar", "-o", "half/"),
        ("half/a-{0..1}.tar", "-o", "out/", "--unpack"),
    )
    for line in steps:
        assert updown("pool", "-k", 2, *line).code == 0
        there = [bucket.url(word) if "/" in word or word == "in" else word for word in line]
        done = updown("pool", "-k", 2, *there)
        assert done.code == 0, done.stderr
    for folder in ("set", "half", "out"):
        here = {f"{folder}/{name}": data for name, data in unpacked(folder).items()}
        assert {name: bucket.get(name) for name in bucket.names(f"{folder}/")} == here
    to = ("-o", bucket.url("part/"), "--if-exists", "skip")
    assert updown("pool", "-k", 2, bucket.url("set/a-0.tar"), *to).code == 0
    again = updown("pool", "-k", 2, bucket.url("set/a-{0..1}.tar"), *to)
    assert "2 done, 1 skipped, 0 failed" in again.stderr
    assert bucket.get("part/a-1.tar") == Path("half/a-1.tar").read_bytes()
