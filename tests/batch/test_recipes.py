"""Recipes: the steps of a chain in a file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.conftest import Updown, noise, picture, pixels
from tests.samples import SAMPLES
from updown_cli.batch.recipes import read_recipe, write_recipe
from updown_cli.errors import UsageError
from updown_cli.op.join import Join
from updown_cli.ops.unpool.scatter import IndexedUnpool
from updown_cli.pipeline.pipeline import Pipeline

STORED = Path(__file__).parent / "recipes"


def recipe(**changes: Any) -> dict[str, Any]:
    """Return a recipe of one step, changed."""
    return {"updown_recipe": 1, "steps": [{"op": "pool", "mode": "max"}], "files": {}, **changes}


def written(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    Path("r.json").write_text(text)
    return "r.json"


def test_version_1_gives_what_it_gave(updown: Updown) -> None:
    """Against torch's layers with the parameters that were typed when it was written."""
    image = noise(9, 12, 3)
    picture("x.png", image)
    done = updown("chain", "--recipe", STORED / "version-1.json", "x.png", "-o", "y.png")
    assert done.code == 0, done.stderr
    x = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    pooled, indices = F.max_pool2d(x, 2, 2, 1, return_indices=True)
    kernel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])
    edges = F.conv2d(pooled, kernel.expand(3, 1, 3, 3), padding=1, groups=3)
    back = F.max_unpool2d(edges, indices, [2, 2], [2, 2], [1, 1], [9, 12])
    larger = F.interpolate(back, scale_factor=1.5, mode="bicubic")
    expected = larger.clamp(0, 255).add(0.5).floor()[0].byte().permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(pixels("y.png"), expected)


def test_a_recipe_gives_what_its_steps_give(updown: Updown) -> None:
    picture("x.png", noise(9, 12, 3))
    steps = "pool | conv --kernel sobel-h -p same | unpool"
    assert updown("chain", steps, "x.png", "-o", "y.png", "--save-recipe", "r.json").code == 0
    assert updown("chain", "--recipe", "r.json", "x.png", "-o", "z.png").code == 0
    assert Path("y.png").read_bytes() == Path("z.png").read_bytes()


def test_a_recipe_is_written_without_inputs(updown: Updown) -> None:
    done = updown("chain", "pool -k 3", "--save-recipe", "r.json")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")
    content = json.loads(Path("r.json").read_text())
    assert content["updown_recipe"] == 2
    assert content["steps"][0] == {
        "op": "pool",
        "mode": "max",
        "kernel_size": [3],
        "stride": None,
        "ceil_mode": False,
        "require_divisible": False,
        "padding": [0],
        "dilation": [1],
        "save_indices": None,
        "print_indices": False,
        "index_format": "torch",
    }


@pytest.mark.parametrize(
    "op", [op for op in SAMPLES if not isinstance(op, (IndexedUnpool, Join))], ids=str
)
def test_every_operation_comes_back(op: Any) -> None:
    write_recipe("r.json", Pipeline.of(op), "error")
    assert read_recipe("r.json").ops == (op,)


def test_files_are_found_from_the_recipe(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("weights").mkdir()
    Path("recipes").mkdir()
    np.save("weights/k.npy", np.ones((2, 2)))
    assert (
        updown("chain", "conv --kernel weights/k.npy", "--save-recipe", "recipes/r.json").code == 0
    )
    content = json.loads(Path("recipes/r.json").read_text())
    assert list(content["files"]) == ["../weights/k.npy"]
    assert content["steps"][0]["kernel"] == "../weights/k.npy"
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    np.save("x.npy", np.ones((3, 3), np.float32))
    assert updown("chain", "--recipe", "../recipes/r.json", "x.npy", "-o", "y.npy").code == 0
    assert np.load("y.npy").tolist() == [[4, 4], [4, 4]]


#: Files that steps read for all inputs: how they are typed, and which they are.
READ_BY_STEPS = {
    "conv --kernel in/k.npy -p same": ["in/k.npy"],
    "conv --kernel 'box,in/a.npz::k' -p same --bias in/b.npy": ["in/a.npz", "in/b.npy"],
    "conv --mode separable --kernel box --pointwise in/p.npy": ["in/p.npy"],
    "deconv --kernel in/k.npy --bias in/a.npz::b": ["in/k.npy", "in/a.npz"],
    "pool --mode fractional-max --output-ratio 0.5 --samples in/u.npy": ["in/u.npy"],
    "upblock --mode up-conv --weights in/up.npz --post-conv in/w.npy --post-conv-bias in/b.npy": [
        *("in/up.npz", "in/w.npy", "in/b.npy")
    ],
    "deconvnet --net in/net.json --weights in/net.npz --layer conv1": [
        *("in/net.json", "in/net.npz")
    ],
    "pool | unpool --mode grad --source x.png": [],
    "pool | upsample --scale-factor 2": [],
}


@pytest.fixture
def _folder_of_files() -> None:
    """Write every file that READ_BY_STEPS names, and a picture."""
    random = np.random.default_rng(3)
    Path("in").mkdir()
    np.save("in/k.npy", random.random((3, 3)))
    np.save("in/b.npy", random.random(1))
    np.savez("in/a.npz", k=random.random((3, 3)), b=random.random(1))
    np.save("in/p.npy", random.random((3, 3)))
    np.save("in/u.npy", random.random((1, 3, 2)))
    np.save("in/w.npy", random.random((3, 3, 1, 1)))
    up: dict[str, Any] = {"conv1.weight": random.random((3, 3, 5, 5))}
    np.savez("in/up.npz", **up)
    np.savez("in/net.npz", w=random.random((4, 3, 3, 3)))
    layers = [{"type": "conv", "name": "conv1", "weight": "w"}]
    Path("in/net.json").write_text(json.dumps({"input": {"channels": 3}, "layers": layers}))
    picture("x.png", noise(12, 12, 3))


@pytest.mark.usefixtures("_folder_of_files")
@pytest.mark.parametrize(("steps", "files"), READ_BY_STEPS.items(), ids=range(len(READ_BY_STEPS)))
def test_every_file_that_steps_read_is_named_and_checked(
    updown: Updown, steps: str, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run from another folder, and with each of the files changed."""
    Path("recipes").mkdir()
    Path("elsewhere").mkdir()
    done = updown("chain", steps, "x.png", "-o", "y.npy", "--save-recipe", "recipes/r.json")
    assert done.code == 0, done.stderr
    content = json.loads(Path("recipes/r.json").read_text())
    assert sorted(content["files"]) == sorted(f"../{file}" for file in files)
    run = ("chain", "--recipe", "../recipes/r.json", "../x.png", "-o")
    if "--source" in steps:
        return  # which is of each input, and so stays as it was typed
    monkeypatch.chdir("elsewhere")
    again = updown(*run, "z.npy")
    assert again.code == 0, again.stderr
    assert Path("z.npy").read_bytes() == Path("../y.npy").read_bytes()
    for file in files:
        path = Path("..", file)
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        refused = updown(*run, "no.npy")
        assert (refused.code, refused.stderr) == (
            2,
            f"updown: ../recipes/r.json: ../{file}: has changed since the recipe was written; "
            "restore it, or write the recipe anew\n",
        )
        path.write_bytes(content)


@pytest.mark.usefixtures("_folder_of_files")
def test_version_1_knew_no_networks(updown: Updown) -> None:
    """Its network is neither moved nor checked; version 2 must tell its SHA-256."""
    steps = "deconvnet --net in/net.json --weights in/net.npz --layer conv1"
    assert updown("chain", steps, "--save-recipe", "r.json").code == 0
    assert updown("chain", "--recipe", "r.json", "x.png", "-o", "y.npy").code == 0
    content = json.loads(Path("r.json").read_text())
    del content["files"]["in/net.json"]
    Path("r.json").write_text(json.dumps(content))
    refused = updown("chain", "--recipe", "r.json", "x.png", "-o", "z.npy")
    assert refused.stderr == "updown: r.json: in/net.json: its SHA-256 is not told\n"
    Path("recipes").mkdir()
    content["files"] = {"../in/net.npz": content["files"]["in/net.npz"]}
    content["steps"][0]["weights"] = "../in/net.npz"
    Path("recipes/old.json").write_text(json.dumps({**content, "updown_recipe": 1}))
    done = updown("chain", "--recipe", "recipes/old.json", "x.png", "-o", "z.npy")
    assert done.code == 0, done.stderr
    assert Path("z.npy").read_bytes() == Path("y.npy").read_bytes()


def test_a_file_that_changed_is_refused(updown: Updown) -> None:
    for file in STORED.iterdir():
        shutil.copy(file, ".")
    np.savez("edges.npz", h=np.ones((3, 3)))
    picture("x.png", noise(9, 12, 3))
    refused = updown("chain", "--recipe", "version-1.json", "x.png", "-o", "y.png")
    assert refused.code == 2
    assert refused.stderr == (
        "updown: version-1.json: edges.npz: has changed since the recipe was written; restore it, "
        "or write the recipe anew\n"
    )


def test_a_recipe_that_exists_is_left_alone(updown: Updown) -> None:
    Path("r.json").write_text("mine")
    refused = updown("chain", "pool", "--save-recipe", "r.json")
    assert refused.code == 2
    assert refused.stderr == (
        "updown: r.json: exists; choose --if-exists skip, update, overwrite or rename\n"
    )
    assert Path("r.json").read_text() == "mine"
    assert updown("chain", "pool", "--save-recipe", "r.json", "--if-exists", "overwrite").code == 0
    assert read_recipe("r.json").name == "pool"


def test_a_recipe_ends_in_json() -> None:
    with pytest.raises(UsageError, match=r"^--save-recipe r.png: must end in .json$"):
        write_recipe("r.png", Pipeline(()), "error")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "line 1, column 1: is no JSON"),
        ("[" * 100_000, "is nested deeper than 32"),
        ('{"updown_recipe": NaN}', "updown_recipe: must be a finite number"),
        ('{"updown_recipe": 1' + "0" * 5000 + "}",
         "updown_recipe: must be a number of at most 19 digits"),
        (" " * (1 << 20) + "{}", "larger than 1 MiB, no recipe"),
        ([], 'not a recipe: it has no number "updown_recipe"'),
        ({"steps": []}, 'not a recipe: it has no number "updown_recipe"'),
        (recipe(updown_recipe=True), 'not a recipe: it has no number "updown_recipe"'),
        (recipe(updown_recipe=3), "is a recipe of version 3, this updown knows up to 2; update "
         "updown"),
        (recipe(stepps=1), 'unknown field "stepps"; did you mean steps?'),
        (recipe(steps={}), "steps: must be a list of 1 to 1000 operations"),
        (recipe(steps=[1]), "steps[0]: must be an object"),
        (recipe(steps=[]), "steps: must be a list of 1 to 1000 operations"),
        (recipe(files=[]), "files: must be an object"),
        (recipe(files={"k.npy": "00"}), 'files["k.npy"] "00": must be a SHA-256'),
        (recipe(files={"k.npy": "00" * 32}), "k.npy: no such file"),
        (recipe(files={"": "00" * 32}), "no such file"),
        (recipe(files={"k\0.npy": "00" * 32}), 'files["k\\u0000.npy"]: must be text without NUL'),
        (recipe(files={"\ud800": "00" * 32}), 'files["\\ud800"]: must be text without surrogates'),
        (recipe(steps=[{"op": "pool"}, {"op": "upsmaple"}]), 'steps[1].op "upsmaple": must be '
         "one of pool, unpool, upsample, conv, deconv, shuffle, upblock, deconvnet, crop, pad, "
         "flip, normalize and 3 more; did you mean upsample?"),
        (recipe(steps=[{"op": ["pool"]}]), 'steps[0].op ["pool"]: must be one of pool, unpool, '
         "upsample, conv, deconv, shuffle, upblock, deconvnet, crop, pad, flip, normalize, "
         "activate, concat, add"),
        (recipe(steps=[{"op": "unpool", "mode": "mx"}]), 'steps[0].mode "mx": must be one of max, '
         "avg, zero, grad; did you mean max?"),
        (recipe(steps=[{"op": "unpool", "mode": 3}]), "steps[0].mode 3: must be one of max, avg, "
         "zero, grad"),
        (recipe(steps=[{"op": "pool", "kernel_siz": [2]}]), 'steps[0]: unknown field '
         '"kernel_siz"; did you mean kernel_size?'),
        (recipe(steps=[{"op": "pool", "kernel_size": "2"}]), 'steps[0].kernel_size "2": must '
         "be a list of whole numbers"),
        (recipe(steps=[{"op": "pool", "kernel_size": [[2]]}]), "steps[0].kernel_size [[2]]: must "
         "be a list of whole numbers"),
        (recipe(steps=[{"op": "pool", "kernel_size": [True]}]), "steps[0].kernel_size [true]: must "
         "be a list of whole numbers"),
        (recipe(steps=[{"op": "pool", "kernel_size": [2.5]}]), "steps[0].kernel_size [2.5]: must "
         "be a list of whole numbers"),
        (recipe(steps=[{"op": "pool", "kernel_size": None}]), "steps[0].kernel_size null: must "
         "be a list of whole numbers"),
        (recipe(steps=[{"op": "pool", "kernel_size": [None]}]), "steps[0].kernel_size [null]: must "
         "be a list of whole numbers"),
        (recipe(steps=[{"op": "pool", "kernel_size": []}]), "steps[0].kernel_size []: must be one "
         "number, or one per axis between 'x'"),
        (recipe(steps=[{"op": "pool", "kernel_size": [0]}]), "steps[0].kernel_size [0]: must be "
         "from 1 to 65535"),
        (recipe(steps=[{"op": "pool", "ceil_mode": 1}]), "steps[0].ceil_mode 1: must be "
         "true or false"),
        (recipe(steps=[{"op": "pool", "padding": {"a": 1}}]), 'steps[0].padding {"a": 1}: must '
         "be a list of whole numbers or text"),
        (recipe(steps=[{"op": "upsample", "scale_factor": ["1/0"]}]), 'steps[0].scale_factor '
         '["1/0"]: must be a number or a fraction'),
        (recipe(steps=[{"op": "upsample", "scale_factor": ["1e999999999"]}]),
         'steps[0].scale_factor ["1e999999999"]: must be a number or a fraction'),
        (recipe(steps=[{"op": "conv", "kernel": "k.npy"}]), "k.npy: its SHA-256 is not told"),
        (recipe(steps=[{"op": "conv", "kernel": 3}]), "steps[0].kernel 3: must be text"),
        (recipe(steps=[{"op": "conv"}]), "steps[0]: --kernel: is needed; give a name such as "
            "box, rows such as '1 2 1; 2 4 2; 1 2 1', or a file"),
        (recipe(steps=[{"op": "conv", "kernel": "box", "bias": ["a"]}]), 'steps[0].bias ["a"]: '
         "must be a list of numbers or text"),
        (recipe(steps=[{"op": "pool", "mode": "lp", "norm_type": "x" * 100}]),
         'steps[0].norm_type "' + "x" * 36 + '...: must be a number'),
        (recipe(steps=[{"op": "unpool", "indices": "@"}]), "there is no max pool before it to "
         "undo; give --indices FILE"),
    ],
)  # fmt: skip
def test_what_is_no_recipe_is_refused_in_one_line(
    updown: Updown, content: Any, sentence: str
) -> None:
    picture("x.png", noise(4, 4))
    refused = updown("chain", "--recipe", written(content), "x.png", "-o", "y.png")
    assert (refused.code, refused.stderr) == (2, f"updown: r.json: {sentence}\n")
    assert not Path("y.png").exists()


def test_a_recipe_that_is_missing_is_named(updown: Updown) -> None:
    assert (
        updown("chain", "--recipe", "no.json", "x.png").stderr == "updown: no.json: no such file\n"
    )
