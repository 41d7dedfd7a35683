"""Where results go: files, folders, templates; never onto an input or another result."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Updown, noise, picture, pixels
from updown_cli.errors import ParameterError
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan

COLLISION_HINT = "use a folder or a template like {rel}/{stem}_{index}{ext}"
INPUT_HINT = "updown never writes over its input; choose another --output"


def pictures(*names: str) -> None:
    """Make pictures, 4 high and 6 wide, and the folders that they are in."""
    for seed, name in enumerate(names):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        picture(name, noise(4, 6, seed=seed))


def planned(updown: Updown, *arguments: str) -> list[str]:
    """Return the targets of `updown pool` in the order of the inputs."""
    done = updown("pool", "--dry-run", "--json", *arguments)
    assert done.code == 0, done.stderr
    return [record["output"] for record in done.records]


def tree() -> list[str]:
    """Return every file below the current folder."""
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def contents() -> dict[str, bytes]:
    """Return the bytes of every file below the current folder."""
    return {name: Path(name).read_bytes() for name in tree()}


@pytest.mark.parametrize(
    ("output", "target"),
    [
        (None, "photos/cats/tom_pool.jpg"),
        ("out", "out/cats/tom.jpg"),
        ("out/", "out/cats/tom.jpg"),
        ("./out", "out/cats/tom.jpg"),
        ("out.d", "out.d/cats/tom.jpg"),
        ("small.png", "small.png"),
        ("{dir}/x.png", "photos/cats/x.png"),
        ("{rel}/x.png", "cats/x.png"),
        ("{stem}.png", "tom.png"),
        ("x{ext}", "x.jpg"),
        ("x_{op}.png", "x_pool.png"),
        ("x{index}.png", "x1.png"),
        ("x{index:03d}.png", "x001.png"),
        ("{width}x{height}.png", "3x2.png"),
        ("{width:04d}-{height:>3}.png", "0003-  2.png"),
        ("out/{rel}/{stem:.2}-{stem}{ext}", "out/cats/to-tom.jpg"),
        ("{{{stem}}}.png", "{tom}.png"),
        ("{dir}/../{stem}.png", "photos/tom.png"),
    ],
)
def test_a_target_for_a_file_of_a_folder(updown: Updown, output: str | None, target: str) -> None:
    pictures("photos/cats/tom.jpg")
    chosen = [] if output is None else ["-o", output]
    assert planned(updown, "-r", "photos", *chosen) == [target]


@pytest.mark.parametrize(
    ("output", "target"),
    [
        (None, "photos/cats/tom_pool.jpg"),
        ("small.png", "small.png"),
        ("out/", "out/tom.jpg"),
        ("there", "there/tom.jpg"),
        ("{dir}/{rel}/x.png", "photos/cats/x.png"),
        ("out/{rel}/{stem}{ext}", "out/tom.jpg"),
    ],
)
def test_a_target_for_a_file_that_is_named(updown: Updown, output: str | None, target: str) -> None:
    pictures("photos/cats/tom.jpg")
    os.mkdir("there")
    chosen = [] if output is None else ["-o", output]
    assert planned(updown, "photos/cats/tom.jpg", *chosen) == [target]


@pytest.mark.parametrize("output", [("-o", "out"), ("-o", "out.pngg"), ()])
def test_a_missing_input_is_named_before_its_result_is_judged(
    updown: Updown, output: tuple[str, ...]
) -> None:
    done = updown("pool", "photoz", *output)
    assert (done.code, done.stderr) == (1, "updown: photoz: no such file\n")


def test_a_second_name_without_a_file_may_be_meant_as_the_result(updown: Updown) -> None:
    pictures("a.png")
    done = updown("pool", "a.png", "out.png", "-q")
    sentence = "updown: out.png: no such file; is it the result? -o out.png\n"
    assert (done.code, done.stderr) == (1, sentence)
    assert tree() == ["a.png", "a_pool.png"]


@pytest.mark.parametrize(
    "arguments", [("a.png", "out.png", "-o", "d/"), ("a.png", "b", "out.png"), ("a.png", "out")]
)
def test_other_missing_names_are_inputs(updown: Updown, arguments: tuple[str, ...]) -> None:
    pictures("a.png")
    done = updown("pool", *arguments, "-q")
    assert done.code == 1
    assert "is it the result" not in done.stderr


@pytest.mark.parametrize(
    ("name", "arguments", "target"),
    [
        ("a.PNG", [], "out/a.PNG"),
        ("a.b.jpg", [], "out/a.b.jpg"),
        ("a.txt", [], "out/a.png"),
        ("a", [], "out/a.png"),
        ("a.jpg", ["--format", "png"], "out/a.png"),
        ("a.jpg", ["--format", ".TIF"], "out/a.tif"),
        ("a.jpg", ["--format", "npy"], "out/a.npy"),
    ],
)
def test_a_result_has_the_ending_of_its_input_or_of_the_chosen_format(
    updown: Updown, name: str, arguments: list[str], target: str
) -> None:
    Image.fromarray(noise(4, 6)).save(name, "JPEG")
    assert planned(updown, name, *arguments, "-o", "out/") == [target]


def test_several_files_and_a_name_without_ending_make_a_folder(updown: Updown) -> None:
    pictures("a.png", "d/b.png")
    assert planned(updown, "a.png", "d/b.png", "-o", "out") == ["out/a.png", "out/b.png"]


def test_the_index_counts_the_inputs_from_one(updown: Updown) -> None:
    pictures("c.png", "d/a.png", "d/b.png")
    targets = planned(updown, "c.png", "d", "-o", "{index:03d}-{stem}.png")
    assert targets == ["001-c.png", "002-a.png", "003-b.png"]


def test_a_folder_of_a_single_file_keeps_its_tree(updown: Updown) -> None:
    pictures("photos/cats/tom.jpg")
    done = updown("pool", "-r", "photos", "-o", "out")
    assert done.code == 0, done.stderr
    assert tree() == ["out/cats/tom.jpg", "photos/cats/tom.jpg"]


def test_the_tree_of_a_folder_is_mirrored(updown: Updown) -> None:
    pictures("photos/a.png", "photos/x/b.png", "photos/x/y/c.png", "more/x/d.png", "e.png")
    done = updown("pool", "-r", "photos", "more/", "./e.png", "-o", "out")
    assert done.code == 0, done.stderr
    results = [name for name in tree() if name.startswith("out/")]
    assert results == ["out/a.png", "out/e.png", "out/x/b.png", "out/x/d.png", "out/x/y/c.png"]
    assert pixels("out/x/y/c.png").shape == (2, 3)


def test_sizes_in_names_are_those_of_upright_pictures(updown: Updown) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # lying on its side
    Image.fromarray(noise(4, 6)).save("a.jpg", exif=turned)
    np.save("b.npy", np.zeros((3, 8, 2), np.float32))
    done = updown("pool", "a.jpg", "b.npy", "-o", "{stem}-{width}x{height}{ext}")
    assert done.code == 0, done.stderr
    assert tree() == ["a-2x3.jpg", "a.jpg", "b-1x4.npy", "b.npy"]
    assert pixels("a-2x3.jpg").shape == (3, 2)


def test_sizes_in_names_are_refused_for_standard_input(updown: Updown) -> None:
    done = updown("pool", "-", "-o", "{width}x{height}.png")
    assert (done.code, done.stderr) == (
        2,
        "updown: {width}, {height}, {frame}: size and frames of standard input are not known "
        "before it is read; leave these fields out\n",
    )


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("{stm}.png", "unknown field {stm}; did you mean stem?"),
        ("{}.png",
         "unknown field {}; there are dir, rel, stem, ext, op, index, width, height, frame"),
        ("{0}.png",
         "unknown field {0}; there are dir, rel, stem, ext, op, index, width, height, frame"),
        ("{stem.__class__}.png",
         "unknown field {stem.__class__}; there are dir, rel, stem, ext, op, index, width, "
         "height, frame"),
        ("{stem[0]}.png", "unknown field {stem[0]}; did you mean stem?"),
        ("{stem.png", "is no template; fields look like {stem}"),
        ("{stem}}.png", "is no template; fields look like {stem}"),
        ("{stem!x}.png", "is no template; fields look like {stem}"),
        ("{stem:d}.png", "is no template; fields look like {stem}"),
        ("{width:q}.png", "is no template; fields look like {stem}"),
        ("{index:{width}}.png", "is no template; fields look like {stem}"),
    ],
)  # fmt: skip
def test_a_template_that_is_none_is_refused(updown: Updown, output: str, reason: str) -> None:
    pictures("x.png")
    done = updown("pool", "x.png", "-o", output)
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {output}: {reason}\n")
    assert os.listdir() == ["x.png"]


def test_a_template_whose_ending_names_no_format_is_refused(updown: Updown) -> None:
    pictures("x.png")
    done = updown("pool", "x.png", "-o", "{stem}_{op}")
    assert (done.code, done.stderr) == (
        2, "updown: x_pool: no ending; end the name in .png, .jpg, .tif or .npy, say\n",
    )  # fmt: skip


def test_a_second_run_without_output_does_not_read_the_results_of_the_first(
    updown: Updown,
) -> None:
    pictures("d/a.png", "d/e/b.png")
    for policy in ("error", "skip", "overwrite"):
        done = updown("pool", "-r", "d", "--if-exists", policy)
        assert done.code == 0, done.stderr
    assert tree() == ["d/a.png", "d/a_pool.png", "d/e/b.png", "d/e/b_pool.png"]


def test_the_results_of_another_operation_are_inputs(updown: Updown) -> None:
    pictures("d/a.png")
    updown("pool", "d")
    done = updown("upsample", "--scale-factor", "2", "d")
    assert done.code == 0, done.stderr
    assert sorted(os.listdir("d")) == [
        "a.png", "a_pool.png", "a_pool_upsample.png", "a_upsample.png",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "arguments", "target"),
    [
        (["d/a.png", "e/a.png"], ["-o", "out"], "out/a.png"),
        (["a.jpg", "a.png"], ["-o", "out", "--format", "png"], "out/a.png"),
        (["a.png", "b.png"], ["-o", "c.png"], "c.png"),
        (["a.png", "b.png"], ["-o", "{op}.png"], "pool.png"),
        (["d/A.png", "e/a.png"], ["-o", "out"], "out/a.png"),
        (["d/STRASSE.png", "e/straße.png"], ["-o", "out"], "out/straße.png"),
        (["a.PNG", "a.png"], ["-o", "{stem}_s{ext}"], "a_s.png"),
    ],
    ids=["same name", "same format", "one file", "template", "letter case", "sharp s",
         "case of endings"],
)  # fmt: skip
def test_two_results_in_one_file_are_refused_before_any_work(
    updown: Updown, names: list[str], arguments: list[str], target: str
) -> None:
    pictures(*names)
    before = tree()
    done = updown("pool", *names, *arguments, "--if-exists", "overwrite")
    assert (done.code, done.stdout, done.stderr) == (
        2,
        "",
        f"updown: {target}: would hold the results of both {names[0]} and {names[1]}; "
        f"{COLLISION_HINT}\n",
    )
    assert tree() == before


@pytest.mark.parametrize(
    "names", [["a.png", "a.png"], ["a.png", "./a.png"], ["d", "d/a.png"]], ids=str
)
def test_a_file_that_is_named_twice_is_one_input(updown: Updown, names: list[str]) -> None:
    pictures("a.png", "d/a.png")
    done = updown("pool", *names, "-o", "out/")
    assert done.code == 0, done.stderr
    assert os.listdir("out") == ["a.png"]


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")], ids="-".join)
def test_names_that_differ_in_unicode_form_only_collide(
    updown: Updown, forms: tuple[Literal["NFC", "NFD"], Literal["NFC", "NFD"]]
) -> None:
    one, other = (unicodedata.normalize(form, "café.png") for form in forms)
    pictures(f"d/{one}", f"e/{other}")
    done = updown("pool", "d", "e", "-o", "out")
    assert (done.code, done.stderr) == (
        2,
        f"updown: out/{other}: would hold the results of both d/{one} and e/{other}; "
        f"{COLLISION_HINT}\n",
    )


@pytest.mark.parametrize(
    "target",
    ["x.png", "./x.png", "d/../x.png", "{here}/x.png", "link.png", "hard.png", "linked/x.png"],
)
@pytest.mark.parametrize("run", [[], ["--if-exists", "overwrite"], ["--dry-run"]], ids=" ".join)
def test_a_result_in_its_input_is_refused(
    updown: Updown, tmp_path: Path, target: str, run: list[str]
) -> None:
    pictures("x.png")
    os.mkdir("d")
    os.symlink("x.png", "link.png")
    os.link("x.png", "hard.png")
    os.symlink(".", "linked")
    before = contents()
    target = target.replace("{here}", str(tmp_path))
    done = updown("pool", "x.png", "-o", target, *run)
    expected = f"updown: {target}: is the input x.png; {INPUT_HINT}\n"
    assert (done.code, done.stdout, done.stderr) == (2, "", expected)
    assert contents() == before


def test_a_result_in_another_input_is_refused(updown: Updown) -> None:
    pictures("x.png", "1.png")
    before = contents()
    done = updown("pool", "x.png", "1.png", "-o", "{index}.png", "--if-exists", "overwrite")
    expected = f"updown: 1.png: is the input 1.png; {INPUT_HINT}\n"
    assert (done.code, done.stderr) == (2, expected)
    assert contents() == before


def test_an_input_that_is_a_link_to_the_target_is_refused(updown: Updown) -> None:
    pictures("x.png")
    os.symlink("x.png", "link.png")
    done = updown("pool", "link.png", "-o", "x.png", "--if-exists", "overwrite")
    expected = f"updown: x.png: is the input link.png; {INPUT_HINT}\n"
    assert (done.code, done.stderr) == (2, expected)


@pytest.mark.parametrize("inputs", ["d", "d/*.png", "d/a.png"])
@pytest.mark.parametrize("output", ["d", "./d/", "linked"])
def test_the_folder_of_the_inputs_is_no_folder_for_results(
    updown: Updown, inputs: str, output: str
) -> None:
    pictures("d/a.png")
    os.symlink("d", "linked")
    done = updown("pool", inputs, "-o", output)
    target = os.path.normpath(output) + "/a.png"
    expected = f"updown: {target}: is the input d/a.png; {INPUT_HINT}\n"
    assert (done.code, done.stderr) == (2, expected)


def test_a_missing_folder_for_one_file_is_named(updown: Updown) -> None:
    pictures("x.png")
    done = updown("pool", "x.png", "-o", "no/such.png")
    assert (done.code, done.stderr) == (3, "updown: no/such.png: no such folder\n")
    assert tree() == ["x.png"]


def test_a_file_in_place_of_a_folder_is_named(updown: Updown) -> None:
    pictures("x.png")
    Path("out").write_text("mine")
    done = updown("pool", "x.png", "-o", "out/")
    assert (done.code, done.stderr) == (3, "updown: out: is a file, not a folder\n")
    done = updown("pool", "x.png", "-o", "out/{stem}/y.png")
    assert (done.code, done.stderr) == (
        3, "updown: out/x: a part of the path is a file, not a folder\n",
    )  # fmt: skip
    assert Path("out").read_text() == "mine"


@pytest.mark.parametrize(
    ("given", "files"),
    [
        ("where/", ["where/a.npz", "where/e/b.npz"]),
        ("there", ["there/a.npz", "there/e/b.npz"]),
        ("{stem}.npz", ["a.npz", "b.npz"]),
        ("{dir}/{stem}_{op}_{index}.npz", ["d/a_pool_1.npz", "d/e/b_pool_2.npz"]),
        ("{rel}/{stem}{ext}", ["a.npz", "e/b.npz"]),
        ("{width}x{height}{stem}.npz", ["3x2a.npz", "3x2b.npz"]),
    ],
)
def test_positions_go_to_folders_and_templates_and_come_back(
    updown: Updown, given: str, files: list[str]
) -> None:
    pictures("d/a.png", "d/e/b.png")
    os.mkdir("there")
    done = updown("pool", "-r", "d", "-o", "pooled", "--save-indices", given)
    assert done.code == 0, done.stderr
    assert [name for name in tree() if name.endswith(".npz")] == files
    back = given.replace("{dir}", "d/{rel}").replace("{op}", "pool")
    back = back.replace("{width}x{height}", "3x2")
    done = updown("unpool", "-r", "pooled", "--indices", back, "-o", "back")
    assert done.code == 0, done.stderr
    values, image = pixels("back/e/b.png"), pixels("d/e/b.png")
    np.testing.assert_array_equal(values[values > 0], image[values > 0])
    assert np.count_nonzero(values) == 6


def test_one_file_of_positions_for_several_inputs_is_refused(updown: Updown) -> None:
    pictures("a.png", "b.png")
    hint = "name a folder, or a template like {stem}.npz"
    done = updown("pool", "a.png", "b.png", "-o", "out", "--save-indices", "i.npz")
    expected = f"updown: --save-indices i.npz: one file of positions for several inputs; {hint}\n"
    assert (done.code, done.stderr) == (2, expected)
    done = updown("unpool", "a.png", "b.png", "-o", "out", "--indices", "i.npz")
    expected = f"updown: --indices i.npz: one file of positions for several inputs; {hint}\n"
    assert (done.code, done.stderr) == (2, expected)


def test_positions_of_two_inputs_in_one_file_are_refused(updown: Updown) -> None:
    pictures("d/a.png", "e/a.png")
    done = updown("pool", "d", "e", "-o", "{dir}/{stem}_s{ext}", "--save-indices", "{stem}.npz")
    assert (done.code, done.stderr) == (
        2,
        f"updown: a.npz: would hold the results of both d/a.png and e/a.png; {COLLISION_HINT}\n",
    )


def test_positions_in_an_input_are_refused(updown: Updown) -> None:
    pictures("x.png")
    before = contents()
    done = updown("pool", "x.png", "-o", "y.png", "--save-indices", "x.png",
                  "--if-exists", "overwrite")  # fmt: skip
    assert (done.code, done.stderr) == (2, f"updown: x.png: is the input x.png; {INPUT_HINT}\n")
    assert contents() == before


@pytest.mark.parametrize("positions", ["y.npy", "./y.npy", "Y.npy", "{stem}.npy"])
def test_a_result_and_its_positions_in_one_file_are_refused(updown: Updown, positions: str) -> None:
    pictures("y.png")
    done = updown("pool", "y.png", "-o", "y.npy", "--save-indices", positions)
    assert done.code == 2
    assert os.listdir() == ["y.png"]


def test_a_result_in_the_positions_that_are_read_is_refused(updown: Updown) -> None:
    np.save("values.npy", np.array([[5.0]], np.float32))
    np.save("where.npy", np.array([[3]]))
    before = contents()
    done = updown("unpool", "--indices", "where.npy", "-k", "2", "values.npy", "-o", "where.npy",
                  "--if-exists", "overwrite")  # fmt: skip
    assert done.code == 2
    assert contents() == before


def test_a_result_in_the_kernel_that_is_read_is_refused(updown: Updown) -> None:
    np.save("values.npy", np.array([[5.0]], np.float32))
    np.save("kernel.npy", np.array([[1.0, 2.0], [3.0, 4.0]], np.float32))
    before = contents()
    done = updown("deconv", "--kernel", "kernel.npy", "values.npy", "-o", "kernel.npy",
                  "--if-exists", "overwrite")  # fmt: skip
    assert done.code == 2
    assert contents() == before


def test_a_parameter_that_does_not_fit_one_input_is_its_failure(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures("a.png", "b.png")
    plan = Pipeline.plan

    def refuse_wide(pipeline: Pipeline, shape: Shape, frames: int = 1) -> Plan:
        if shape.size[1] == 8:
            raise ParameterError("must be less", subject="--stride 2")
        return plan(pipeline, shape, frames)

    picture("b.png", noise(4, 8))
    monkeypatch.setattr(Pipeline, "plan", refuse_wide)
    done = updown("pool", "a.png", "b.png", "-o", "out/", "-q")
    assert (done.code, done.stderr) == (1, "updown: b.png: --stride 2: must be less\n")
    assert os.listdir("out") == ["a.png"]
