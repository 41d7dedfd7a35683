"""`updown preprocess`: what a model's own configuration makes of a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conftest import Updown, noise, picture, pixels
from updown_cli import __version__
from updown_cli.processors.refused import REFUSED
from updown_cli.processors.transformers import known

SLOW = {"image_processor_type": "ViTImageProcessorPil", "size": {"height": 5, "width": 7}}


def configuration(**members: Any) -> str:
    Path("c.json").write_text(json.dumps(members))
    return "c.json"


def test_the_tensor_by_hand(updown: Updown) -> None:
    """ViT: Pillow's bilinear, by 255, less 0.5, by 0.5."""
    values = noise(20, 30, 3)
    picture("a.png", values)
    done = updown("preprocess", "--config", configuration(**SLOW), "a.png", "-o", "a.npy")
    assert done.code == 0
    resized = np.asarray(Image.fromarray(values).resize((7, 5), Image.Resampling.BILINEAR))
    unit = (resized.astype(np.float64) / 255).astype(np.float32)
    expected = (unit - np.float32(0.5)) / np.float32(0.5)
    tensor = np.load("a.npy")
    assert tensor.dtype == np.float32
    assert (tensor == expected.transpose(2, 0, 1)[None]).all()


def test_a_picture_shows_what_is_seen(updown: Updown) -> None:
    values = noise(20, 30, 3)
    picture("a.png", values)
    done = updown("preprocess", "--config", configuration(**SLOW), "a.png", "-o", "seen.png")
    assert done.code == 0
    resized = Image.fromarray(values).resize((7, 5), Image.Resampling.BILINEAR)
    assert (pixels("seen.png") == np.asarray(resized)).all()


def test_the_chain_is_shown(updown: Updown) -> None:
    config = configuration(image_processor_type="CLIPImageProcessorPil")
    done = updown("preprocess", "--config", config, "--show")
    assert (done.code, done.stdout) == (
        0,
        "CLIPImageProcessor with pillow\n"
        "updown chain --colour rgb --background white 'upsample --like pillow --mode bicubic "
        "--size short=224 | crop --size 224x224 --center floor | normalize "
        "--mean 0.48145466,0.4578275,0.40821073 --std 0.26862954,0.26130258,0.27577711 "
        "--scale 0.00392156862745098'\n",
    )


@pytest.mark.parametrize("name", ["CLIPImageProcessorPil", "LlavaImageProcessorFast"])
def test_what_is_shown_gives_the_same(name: str, updown: Updown) -> None:
    picture("a.png", noise(40, 61, 3))
    size = {"size": {"shortest_edge": 30}, "crop_size": {"height": 21, "width": 33}}
    config = configuration(image_processor_type=name, do_pad=True, pad_size=33, **size)
    assert updown("preprocess", "--config", config, "a.png", "-o", "a.npy", "-q").code == 0
    shown = updown("preprocess", "--config", config, "--show").stdout.splitlines()[1]
    words, steps = shown.split("'")[:2]
    assert updown(*words.split()[1:], steps, "a.png", "-o", "b.npy", "-q").code == 0
    assert (np.load("a.npy")[0] == np.load("b.npy")).all()


def test_a_recipe_gives_the_same(updown: Updown) -> None:
    picture("a.png", noise(20, 30, 3))
    config = configuration(**SLOW)
    assert updown("preprocess", "--config", config, "--save-recipe", "r.json").code == 0
    assert updown("preprocess", "--config", config, "a.png", "-o", "a.npy", "-q").code == 0
    assert updown("chain", "--recipe", "r.json", "a.png", "-o", "b.npy", "-q").code == 0
    assert (np.load("a.npy")[0] == np.load("b.npy")).all()


def test_a_tree_is_mirrored_and_resumed(updown: Updown) -> None:
    Path("in/deep").mkdir(parents=True)
    picture("in/deep/a.png", noise(20, 30, 3))
    picture("in/b.png", noise(9, 30))
    words = ("preprocess", "--config", configuration(**SLOW), "in", "-r", "-o", "out/")
    assert updown(*words, "-q").code == 0
    assert sorted(map(str, Path("out").rglob("*.npy"))) == ["out/b.npy", "out/deep/a.npy"]
    assert [r["status"] for r in updown(*words, "--json", "--if-exists", "skip").records] == [
        "skipped", "skipped",
    ]  # fmt: skip


def test_slow_and_fast_differ(updown: Updown) -> None:
    picture("a.png", noise(40, 61, 3))
    config = configuration(image_processor_type="ViTImageProcessor", size=15)
    for backend in ("pillow", "torchvision"):
        words = ("preprocess", "--config", config, "--backend", backend)
        assert updown(*words, "a.png", "-o", f"{backend}.npy", "-q").code == 0
    difference = np.abs(np.load("pillow.npy") - np.load("torchvision.npy"))
    assert 0 < difference.max() < 0.02


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "is no configuration that is known; it needs image_processor_type, pretrained_cfg or "
             "preset"),
        ({"image_processor_type": "ViTImageProcesor"},
         'image_processor_type "ViTImageProcesor": is no processor that is known; did you mean '
         "ViTImageProcessor?"),
        ({"image_processor_type": "Qwen2VLImageProcessorFast"},
         'image_processor_type "Qwen2VLImageProcessorFast": makes rows of patches, which are no '
         "picture"),
        ({"feature_extractor_type": "VitMatteFeatureExtractor"},
         'feature_extractor_type "VitMatteFeatureExtractor": needs a trimap beside the picture'),
        ({"image_processor_type": "NougatImageProcessor"},
         "do_crop_margin: crops by what a picture shows, which is no step of a chain; false leaves "
         "it out"),
        ({"image_processor_type": "GotOcr2ImageProcessor", "crop_to_patches": True},
         "crop_to_patches: makes several tensors of a picture; false leaves it out"),
        ({"image_processor_type": "ZoeDepthImageProcessor", "resample": 1},
         "resample 1: is lanczos, which torch has not from edge to edge"),
        ({"image_processor_type": "TvpImageProcessor", "pad_mode": "reflect"},
         'pad_mode "reflect": must be one of constant'),
        ({"image_processor_type": "EomtImageProcessor", "size": {"height": 5, "width": 5}},
         'size {"height": 5, "width": 5}: must have shortest_edge and longest_edge'),
        ({"image_processor_type": "ViTImageProcessor", "do_sharpen": True},
         'do_sharpen: is not known of ViTImageProcessor'),
        ({"image_processor_type": "NixImageProcessor"},
         'image_processor_type "NixImageProcessor": is no processor that is known; there are 73, '
         "such as BeitImageProcessor, BitImageProcessor, BlipImageProcessor"),
        ({**SLOW, "image_std": [0, 0, 0]}, "image_std [0, 0, 0]: must not be 0"),
        ({**SLOW, "size": {"height": 0, "width": 7}}, "size.height 0: must be from 1 to 65536"),
        ({**SLOW, "size": {"height": 5}},
         'size {"height": 5}: must have height and width, shortest_edge, or max_height and '
         "max_width"),
        ({"image_processor_type": "DetrImageProcessor", "size": {"shortest_edge": 800}},
         'size {"shortest_edge": 800}: must have longest_edge as well'),
        ({**SLOW, "resample": 9}, "resample 9: must be from 0 to 5"),
        ({"image_processor_type": "ViTImageProcessor", "resample": 4},
         "resample 4: is box, which torchvision has not for tensors"),
        ({**SLOW, "do_resize": "yes"}, 'do_resize "yes": must be true or false'),
        ({"pretrained_cfg": {"crop_mode": "middle"}},
         'pretrained_cfg.crop_mode "middle": must be one of center, squash, border'),
        ({"pretrained_cfg": {"input_size": [1, 28, 28]}},
         "pretrained_cfg.input_size[0] 1: must be 3: pictures are read as RGB"),
        ({"preset": "ImageClasification"},
         'preset "ImageClasification": must be one of ImageClassification, SemanticSegmentation, '
         "ObjectDetection, VideoClassification, OpticalFlow; did you mean ImageClassification?"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_by_name(
    members: dict[str, Any], reason: str, updown: Updown
) -> None:
    done = updown("preprocess", "--config", configuration(**members), "a.png")
    assert (done.code, done.stderr) == (2, f"updown: c.json: {reason}\n")


@pytest.mark.parametrize("name", ["grey.pgm", "colour.ppm"])
def test_pictures_of_16_bits_are_shown_by_their_high_bytes_if_asked(
    name: str, updown: Updown
) -> None:
    high = noise(20, 30) if name == "grey.pgm" else noise(20, 30, 3)
    values = (high.astype(np.uint16) * 256 + 77).astype(">u2")
    Path(name).write_bytes(b"P%d 30 20 65535\n" % (5 + high.ndim - 2) + values.tobytes())
    picture("high.png", high)
    words = ("preprocess", "--config", configuration(**SLOW))
    refused = updown(*words, name, "-o", "no.npy")
    assert (refused.code, refused.stderr) == (
        1,
        f"updown: {name}: has 16-bit values, and models are shown 8 bits; use --depth 8, which "
        "takes the high bytes\n",
    )
    assert not Path("no.npy").exists()
    dry = updown(*words, name, "-o", "no.npy", "--dry-run")
    assert (dry.code, dry.stderr) == (1, refused.stderr)
    assert updown(*words, "high.png", "-o", "no.npy", "--dry-run").code == 0
    shown = updown(*words, "--depth", "8", "--show").stdout.splitlines()[1]
    assert shown == (
        "the chain is of 8-bit pictures: of deeper ones it takes all bits, not the high bytes"
    )
    assert updown(*words, "--depth", "8", name, "-o", "a.npy", "-q").code == 0
    assert updown(*words, "high.png", "-o", "b.npy", "-q").code == 0
    assert np.load("a.npy").dtype == np.float32
    assert (np.load("a.npy") == np.load("b.npy")).all()
    done = updown(*words, "--depth", "16", name, "-o", "a.npy")
    assert (done.code, done.stderr) == (2, "updown: --depth 16: is not what models are shown\n")


def test_every_processor_has_one_place() -> None:
    """What is refused with a reason is not done, and the other way round."""
    assert len(REFUSED) >= 60
    assert not REFUSED.keys() & known().keys()


def test_floats_are_interpolated_as_torch_does_it_however_large(updown: Updown) -> None:
    """DepthPro: 1500 x 1500 floats of three channels are more than a strip holds."""
    values = noise(97, 120, 3)
    picture("a.png", values)
    size = {"size": {"height": 1500, "width": 1500}, "rescale_factor": 1.0}
    config = configuration(
        image_processor_type="DepthProImageProcessor", do_normalize=False, **size
    )
    assert updown("preprocess", "--config", config, "a.png", "-o", "a.npy", "-q").code == 0
    x = torch.from_numpy(values.transpose(2, 0, 1)[None].astype(np.float32))
    expected = torch.nn.functional.interpolate(x, size=(1500, 1500), mode="bilinear")
    assert (np.load("a.npy") == expected.numpy()).all()


def test_what_is_no_json_is_refused(updown: Updown) -> None:
    Path("c.json").write_text("{")
    done = updown("preprocess", "--config", "c.json", "a.png")
    assert (done.code, done.stderr) == (2, "updown: c.json: line 1, column 2: is no JSON\n")


def test_a_url_with_a_password_is_told_once_and_without_it(updown: Updown) -> None:
    done = updown("preprocess", "--config", "https://user:word@host/c.json", "--show")
    assert (done.code, done.stderr) == (
        2,
        "updown: https://***@host/c.json: has a password in it, which others can read; put it "
        "where the library of the scheme looks for it\n",
    )


def test_colours_are_the_configurations(updown: Updown) -> None:
    words = ("preprocess", "--config", configuration(**SLOW), "--colour", "gray", "a.png")
    assert updown(*words).stderr == (
        "updown: --colour, --background: is what the configuration says\n"
    )


def test_two_configurations_are_told_apart(updown: Updown) -> None:
    """Blue is less 0.25 instead of 0.5, by 0.5: a third of the values is 0.5 away."""
    picture("a.png", np.full((20, 30, 3), 100))
    Path("one.json").write_text(json.dumps(SLOW))
    Path("two.json").write_text(json.dumps({**SLOW, "image_mean": [0.5, 0.5, 0.25]}))
    done = updown("preprocess", "--config", "one.json", "--against", "two.json", "a.png")
    steps = [
        f"normalize --mean 0.5,0.5,{blue} --std 0.5,0.5,0.5 --scale 0.00392156862745098"
        for blue in (0.5, 0.25)
    ]
    assert (done.code, done.stdout.splitlines()) == (
        1,
        [
            "ViTImageProcessor with pillow against ViTImageProcessor with pillow",
            f"step {'one':{len(steps[0])}} other",
            f"2    {steps[0]} {steps[1]}",
            "a.png",
            "step one   other largest difference values",
            "1    3x5x7 3x5x7 0                  0 %",
            "2    3x5x7 3x5x7 0.5                33.3 %",
        ],
    )


def test_equal_configurations_are_the_same(updown: Updown) -> None:
    picture("a.png", noise(20, 30, 3))
    config = configuration(**SLOW)
    words = ("preprocess", "--config", config, "--against", config, "a.png")
    Path("bad.png").write_bytes(b"no picture")
    assert updown(*words, "bad.png").code == 2
    done = updown(*words)
    assert done.code == 0
    assert done.stdout.endswith("the same\n")
    assert updown(*words, "--quiet").stdout == ""


def test_what_sets_two_configurations_apart_is_told_as_json(updown: Updown) -> None:
    """White is (1 - mean) / 0.5: 1 or 1.5 of blue; without a mean it stays 1."""
    picture("a.png", np.full((20, 30, 3), 255))
    Path("bad.png").write_bytes(b"no picture")
    Path("one.json").write_text(json.dumps({**SLOW, "image_mean": [0.5, 0.5, 0.25]}))
    Path("two.json").write_text(json.dumps({**SLOW, "do_normalize": False}))
    words = ("preprocess", "--config", "one.json", "--against", "two.json", "--json")
    done = updown(*words, "a.png", "bad.png")
    mean = "normalize --mean 0.5,0.5,0.25 --std 0.5,0.5,0.5 --scale 0.00392156862745098"
    step, third = {"one": [3, 5, 7], "other": [3, 5, 7]}, pytest.approx(100 / 3)
    assert (done.code, done.stderr) == (2, "updown: bad.png: not a supported image\n")
    assert json.loads(done.stdout) == {
        "updown": __version__,
        "status": "failed",
        "one": "ViTImageProcessor with pillow",
        "other": "ViTImageProcessor with pillow",
        "on_white": [False, False],
        "steps": [{"step": 2, "one": mean, "other": "normalize --scale 0.00392156862745098"}],
        "inputs": [
            {
                "source": "a.png",
                "status": "differs",
                "steps": [
                    {"step": 1, **step, "largest_difference": 0.0, "percent_of_values": 0.0},
                    {"step": 2, **step, "largest_difference": 0.5, "percent_of_values": third},
                ],
                "error": None,
            },
            {
                "source": "bad.png",
                "status": "failed",
                "steps": [],
                "error": {"code": "not_an_image", "message": "not a supported image"},
            },
        ],
    }
    assert updown(*words, "a.png").code == 1


def test_sizes_that_differ_have_no_difference(updown: Updown) -> None:
    picture("a.png", noise(20, 30, 3))
    Path("two.json").write_text(json.dumps({**SLOW, "size": {"height": 5, "width": 8}}))
    words = ("--config", configuration(**SLOW), "--against", "two.json", "a.png")
    done = updown("preprocess", *words)
    assert done.stdout.splitlines()[-1] == "2    3x5x7 3x5x8 other sizes"
    told = json.loads(updown("preprocess", *words, "--json").stdout)["inputs"][0]["steps"][1]
    assert (told["one"], told["other"]) == ([3, 5, 7], [3, 5, 8])
    assert (told["largest_difference"], told["percent_of_values"]) == (None, None)


def test_captions_beside_pictures_are_left_out_of_a_comparison(updown: Updown) -> None:
    Path("set").mkdir()
    picture("set/a.png", noise(20, 30, 3))
    Path("set/a.txt").write_text("a caption")
    config = configuration(**SLOW)
    done = updown("preprocess", "--config", config, "--against", config, "set", "--json")
    assert (done.code, done.stderr) == (0, "")
    assert [one["source"] for one in json.loads(done.stdout)["inputs"]] == ["set/a.png"]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["-o", "x.npy"], "--output: goes without --against, which writes nothing"),
        (
            ["--save-recipe", "r.json"],
            "--save-recipe: goes without --against, which writes nothing",
        ),
        (["--show", "--json"], "--show: goes without --json"),
        (["-"], "-: can be read only once; name a file"),
    ],
)
def test_what_goes_with_no_comparison(updown: Updown, words: list[str], refusal: str) -> None:
    config = configuration(**SLOW)
    done = updown("preprocess", "--config", config, "--against", config, *words)
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {refusal}\n")
