"""The description of a network: what is read, what is refused, and VGG16 as an example."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from docs import make_networks
from tests.conftest import ROOT, Updown, noise, picture
from updown_cli.errors import ParameterError
from updown_cli.op.shape import Shape
from updown_cli.ops.deconvnet.deconvnet import Deconvnet
from updown_cli.ops.deconvnet.description import Input, network_from_json, read_network
from updown_cli.ops.deconvnet.layers import NetworkPool
from updown_cli.ops.deconvnet.weighted import Weighted

VGG16 = ROOT / "docs" / "vgg16.json"

CONV: dict[str, Any] = {"name": "c", "type": "conv", "weight": "w"}
POOL: dict[str, Any] = {"name": "p", "type": "pool", "kernel_size": 2}
RELU: dict[str, Any] = {"name": "r", "type": "relu"}


def written(*layers: Any, **read: Any) -> str:
    """Write net.json with these layers and return its name."""
    network = {"input": {"channels": 3, **read}, "layers": list(layers)}
    Path("net.json").write_text(json.dumps(network))
    return "net.json"


def refusal(text: str | bytes) -> str:
    """Return why a description is refused, without the name of the file."""
    Path("net.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ParameterError) as refused:
        read_network("net.json")
    return str(refused.value).removeprefix("--net net.json: ")


def test_the_example_on_the_page_is_read() -> None:
    block = re.findall(r"```json\n(.*?)```", make_networks.PAGE.read_text(), re.DOTALL)
    network = network_from_json(json.loads(block[0]))
    assert [layer.name for layer in network.layers] == ["conv1", "relu1", "pool1", "scores"]
    assert network.layers[2] == NetworkPool(
        name="pool1", kernel_size=(3,), stride=(2,), padding=(0,), ceil_mode=True
    )
    assert network.input == Input(channels=3, size=(32, 32), mean=(0.5,), std=(0.25,) * 3)


def layer(**fields: Any) -> str:
    return json.dumps({"input": {"channels": 3}, "layers": [RELU, fields]})


def read(**fields: Any) -> str:
    return json.dumps({"input": fields, "layers": [RELU]})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1, column 1: is no JSON"),
        ('{"input": {},}', "line 1, column 14: is no JSON"),
        (b"\xff\xfe{", "is no JSON"),
        ("[" * 100_000, "is nested deeper than 32"),
        ('{"input": {"channels": NaN}}', "input.channels: must be a finite number"),
        ('{"input": ' + "9" * 400 + "}", "input: must be a number of at most 19 digits"),
        ('{"input": ' + "9" * 5000 + "}", "input: must be a number of at most 19 digits"),
        (read(channels=3, mean=1e999), "input.mean: must be a finite number"),
        (read(channels=3, mean=[0, 0, 10**400]),
         "input.mean[2]: must be a number of at most 19 digits"),
        ('{"input": {"channels": 3, "channels": 4}}', 'input: has "channels" twice'),
        ('{"about": "\\ud800"}', "about: must be text without surrogates"),
        ('{"about": {"a b": ["\\u0000"]}}', 'about["a b"][0]: must be text without NUL'),
        ('{"about": ' + "[" * 40 + "]" * 40 + "}", "about" + "[0]" * 9 + "..." + "[0]" * 16 +
         ": is nested deeper than 32"),
        (" " * (1 << 20) + "{}", "more than 1048576 bytes are no description of a network"),
        ("[]", "must be an object with input and layers"),
        ('{"layres": []}', 'unknown field "layres"; did you mean layers?'),
        ("{}", "input: must be an object"),
        (read(), "input.channels: is needed"),
        (read(channels="3"), 'input.channels "3": must be a whole number'),
        (read(channels=True), "input.channels true: must be a whole number"),
        (read(channels=0), "input.channels 0: must be from 1 to 65535"),
        (read(channels=3, sise=4), 'input: unknown field "sise"; did you mean size?'),
        (read(channels=3, size=[2, 3, 4]),
         "input.size [2, 3, 4]: must be a whole number, or two: height, width"),
        (read(channels=3, size=[2.5, 3]),
         "input.size [2.5, 3]: must be a whole number, or two: height, width"),
        (read(channels=3, mean=[1, 2]), "input.mean: 2 numbers for 3 channels"),
        (read(channels=3, mean="x"), 'input.mean "x": must be a number, or one for each channel'),
        (read(channels=3, mean=[]), "input.mean: 0 numbers for 3 channels"),
        (read(channels=3, std=[1, 0, 1]), "input.std: must be more than 0"),
        ('{"input": {"channels": 3}}', "layers: must be a list of 1 to 1000 layers"),
        ('{"input": {"channels": 3}, "layers": []}', "layers: must be a list of 1 to 1000 layers"),
        ('{"input": {"channels": 3}, "layers": [7]}', "layers[0]: must be an object"),
        (layer(name="a"), "layers[1].type null: must be one of conv, relu, pool, linear"),
        (layer(name="a", type="convv"),
         'layers[1].type "convv": must be one of conv, relu, pool, linear; did you mean conv?'),
        (layer(name="a", type=["relu"]),
         'layers[1].type ["relu"]: must be one of conv, relu, pool, linear'),
        (layer(type="relu"), "layers[1].name: is needed"),
        (layer(name="", type="relu"), 'layers[1].name "": must not be empty'),
        (layer(name="a\n", type="relu"),
         'layers[1].name "a\\n": must be up to 200 printable characters'),
        (layer(name="r", type="relu"), 'layers[1].name "r": is layers[0]\'s too'),
        (layer(name="a", type="relu", zz=1), 'layers[1]: unknown field "zz"; there are type, name'),
        (layer(name="a", type="pool", kernelsize=2),
         'layers[1]: unknown field "kernelsize"; did you mean kernel_size?'),
        (layer(name="a", type="pool"), "layers[1].kernel_size: is needed"),
        (layer(name="a", type="pool", kernel_size=0),
         "layers[1].kernel_size 0: must be from 1 to 65535"),
        (layer(name="a", type="pool", kernel_size=[]),
         "layers[1].kernel_size []: must be one number, or one per axis between 'x'"),
        (layer(name="a", type="pool", kernel_size=2, padding=2),
         "layers[1]: padding must be at most half of kernel_size"),
        (layer(name="a", type="pool", kernel_size=2, ceil_mode=1),
         "layers[1].ceil_mode 1: must be true or false"),
        (layer(name="a", type="conv"), "layers[1].weight: is needed"),
        (layer(name="a", type="conv", weight={"x": 1}), 'layers[1].weight {"x": 1}: must be text'),
        (layer(name="a", type="conv", weight="w", groups=1.5),
         "layers[1].groups 1.5: must be a whole number"),
    ],
)  # fmt: skip
def test_a_description_that_is_none_is_refused(text: str | bytes, reason: str) -> None:
    assert refusal(text) == reason


def test_an_unreadable_file_is_refused() -> None:
    os.mkdir("folder")
    for name, reason in (("none.json", "no such file"), ("folder", "is a folder")):
        with pytest.raises(ParameterError) as refused:
            read_network(name)
        assert str(refused.value) == f"--net {name}: {reason}"


def test_a_description_is_read_again_when_it_changes() -> None:
    assert len(read_network(written(RELU)).layers) == 1
    assert len(read_network(written(RELU, POOL)).layers) == 2


WEIGHTS: dict[str, Any] = {
    "w": np.ones((4, 3, 3, 3)), "b": np.ones(4), "w2": np.ones((5, 4, 3, 3)),
    "flat": np.ones((7, 24)), "odd": np.ones((5, 2, 3, 3)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ([RELU], "--layer c: is none of r"),
        ([{**RELU, "name": "cc"}, POOL], "--layer c: is none of cc, p; did you mean cc?"),
        ([{**CONV, "weight": "v"}],
         "--weights w.npz: it has no array v; it has w 4x3x3x3, b 4, w2 5x4x3x3, flat 7x24, "
         "odd 5x2x3x3"),
        ([{**CONV, "weight": "b"}],
         "--weights w.npz::b: has shape 4, expected _x3x_x_; layer c gets 3 channels"),
        ([{**CONV, "weight": "w2"}],
         "--weights w.npz::w2: has shape 5x4x3x3, expected _x3x_x_; layer c gets 3 channels"),
        ([{**CONV, "name": "c1"}, CONV],
         "--weights w.npz::w: has shape 4x3x3x3, expected _x4x_x_; layer c gets 4 channels"),
        ([{**CONV, "bias": "flat"}],
         "--weights w.npz::flat: has shape 7x24, expected 4; layer c has 4 maps"),
        ([{**CONV, "groups": 2}], "layer c: groups 2 do not divide 3 channels"),
        ([{**CONV, "name": "c1"}, {**CONV, "weight": "odd", "groups": 2}],
         "layer c: groups 2 do not divide 5 maps"),
        ([{**CONV, "name": "c1"}, {**CONV, "weight": "w2", "groups": 4}],
         "--weights w.npz::w2: has shape 5x4x3x3, expected _x1x_x_; layer c gets 4 channels"),
        ([{"name": "c", "type": "linear", "weight": "w"}],
         "--weights w.npz::w: has shape 4x3x3x3, expected _x_; layer c gets 3 channels"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_are_refused(layers: list[dict[str, Any]], reason: str) -> None:
    np.savez("w.npz", **WEIGHTS)
    with pytest.raises(ParameterError) as refused:
        Deconvnet(net=written(*layers), weights="w.npz", layer="c")
    assert str(refused.value) == reason


def test_layers_after_the_chosen_one_need_no_weights() -> None:
    np.savez("w.npz", **WEIGHTS)
    net = written(CONV, {**CONV, "name": "later", "weight": "missing"})
    assert Deconvnet(net=net, weights="w.npz", layer="c").chain().channels == 4


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["--unit", "4"], 2, "--unit 4: layer c has maps 0 to 3"),
        (["--unit", "4,0,0"], 2, "--unit 4,0,0: layer c has maps 0 to 3"),
        (["--unit", "top:5"], 2, "--unit top:5: layer c has 4 maps"),
        (["--unit", "top:65"], 2, "--unit top:65: must be top:1 to top:64"),
        (["--unit", "top:x"], 2, "--unit top:x: must be a whole number"),
        (["--unit", "1,2"], 2, "--unit 1,2: must be a map and a place c,y,x, a map c, or top:N"),
        (["--unit=-1,2,3"], 2,
         "--unit -1,2,3: must be a map and a place c,y,x, a map c, or top:N"),
        (["--unit", "0,4,0"], 1,
         "in.png: --unit 0,4,0: layer c has rows 0 to 3 and columns 0 to 5"),
        (["--unit", "0,0,6"], 1,
         "in.png: --unit 0,0,6: layer c has rows 0 to 3 and columns 0 to 5"),
        (["--rule", "deconv"], 2, "--rule deconv: must be one of deconvnet, gradient, guided; "
         "did you mean deconvnet?"),
        (["--layer", "f"], 1, "in.png: layer f: flat of 7x24 takes 24 values, but 4x4x6 are 96; "
         "give the network an input size"),
        (["--sheet", "s.jpg"], 2, "--sheet s.jpg: must end in .png"),
        (["--sheet", "net.json/s.png"], 3,
         "net.json/s.png: a part of the path is a file, not a folder"),
        (["--sheet", "out.png"], 2, "out.png: would hold both the result and its sheet; "
         "choose another --sheet"),
        (["-o", "w.npz"], 2, "w.npz: is the input w.npz; updown never writes over its input; "
         "choose another --output"),
        (["--max-memory", "1K"], 1, "in.png: would need 4.2e-06 GiB, limit is 9.54e-07 GiB "
         "(--max-memory); deconvnet needs the whole picture at once: the strongest unit may be "
         "anywhere"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_and_writes_nothing(
    updown: Updown, arguments: list[str], code: int, reason: str
) -> None:
    np.savez("w.npz", **WEIGHTS)
    written(CONV, {"name": "f", "type": "linear", "weight": "flat"})
    picture("in.png", noise(6, 8, 3))
    before = sorted(os.listdir())
    done = updown("deconvnet", "--net", "net.json", "--weights", "w.npz", "--layer", "c",
                  "in.png", "-o", "out.png", "-q", *arguments)  # fmt: skip
    assert (done.code, done.stderr) == (code, f"updown: {reason}\n")
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize(
    ("sides", "reason"),
    [
        ((6, 8), "the network takes 3 channels of height x width, but this is 1x6x8"),
        ((6, 8, 4), "the network takes 3 channels of height x width, but this is 4x6x8; "
         "use --alpha drop"),
        ((3, 3, 3), "layer p: nothing is left of 4x1x1; its window is 2x2; use a larger image"),
        ((2, 9, 3), "layer c: nothing is left of 3x2x9; its window is 3x3; use a larger image"),
    ],
)  # fmt: skip
def test_pictures_that_do_not_fit_are_refused(
    updown: Updown, sides: tuple[int, ...], reason: str
) -> None:
    np.savez("w.npz", **WEIGHTS)
    written(CONV, POOL)
    picture("in.png", noise(*sides))
    done = updown("deconvnet", "--net", "net.json", "--weights", "w.npz", "--layer", "p",
                  "in.png", "-o", "out.png", "-q")  # fmt: skip
    assert (done.code, done.stderr) == (1, f"updown: in.png: {reason}\n")
    assert not os.path.exists("out.png")


def test_transparency_can_be_dropped(updown: Updown) -> None:
    np.savez("w.npz", **WEIGHTS)
    written(CONV)
    picture("in.png", noise(6, 8, 4))
    done = updown("deconvnet", "--net", "net.json", "--weights", "w.npz", "--layer", "c",
                  "in.png", "-o", "out.png", "--alpha", "drop")  # fmt: skip
    assert done.code == 0, done.stderr
    with Image.open("out.png") as out:
        assert out.mode == "RGB"


def test_the_picture_is_resized_as_pillow_does_it() -> None:
    values = noise(50, 40, 3)
    x = torch.from_numpy(values.transpose(2, 0, 1)[None].astype(np.float64))
    given = Input(channels=3, size=(20, 30)).pixels(x, 255.0)
    expected = Image.fromarray(values).resize((30, 20), Image.Resampling.BILINEAR)
    planes = np.asarray(expected, dtype=np.float64).transpose(2, 0, 1) / 255
    # Pillow rounds to whole code values after each of its two passes.
    np.testing.assert_allclose(given[0].numpy(), planes, atol=1.01 / 255)


#: Height and width of every map as the paper's table of configuration D has them.
VGG16_SIZES = {"1": 224, "2": 112, "3": 56, "4": 28, "5": 14}
VGG16_MAPS = {"1": 64, "2": 128, "3": 256, "4": 512, "5": 512}
VGG16_KEYS = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)


def vgg16_weights() -> dict[str, Any]:
    """Return random weights that keep the size of their signals."""
    chance = np.random.default_rng(0)
    arrays, channels = {}, 3
    maps = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    for key, out in zip(VGG16_KEYS, maps, strict=True):
        weight = chance.standard_normal((out, channels, 3, 3), dtype=np.float32)
        arrays[f"features.{key}.weight"] = weight * np.float32((2 / channels / 9) ** 0.5)
        arrays[f"features.{key}.bias"] = np.zeros(out, dtype=np.float32)
        channels = out
    return arrays


def test_vgg16_has_the_sizes_of_the_paper() -> None:
    np.savez("vgg.npz", **vgg16_weights())
    op = Deconvnet(net=str(VGG16), weights="vgg.npz", layer="pool5", unit="5,3,3")
    shape = Shape(3, 300, 451)
    sizes = op.chain().sizes(shape)
    assert op.out_shape(shape) == (3, 224, 224)
    for layer, size in zip(op.chain().layers, sizes[1:], strict=True):
        block, halved = layer.name[4], layer.name.startswith("pool")
        side = VGG16_SIZES[block] // (2 if halved else 1)
        assert size == (VGG16_MAPS[block], side, side), layer.name
    # The receptive field of pool5, 212 pixels, as published tables have it.
    assert op.chain().field((3, 3), sizes) == (slice(6, 218), slice(6, 218))


def test_vgg16_goes_back_to_its_input(updown: Updown) -> None:
    np.savez("vgg.npz", **vgg16_weights())
    picture("in.png", noise(40, 60, 3))
    done = updown("deconvnet", "--net", VGG16, "--weights", "vgg.npz", "--layer", "relu3_1",
                  "--unit", "7,20,30", "in.png", "-o", "out.npy", "--sheet", "s.png")  # fmt: skip
    assert done.code == 0, done.stderr
    back = np.load("out.npy")
    assert back.shape == (3, 224, 224)
    rows, columns = np.where(back.any((0, 2)))[0], np.where(back.any((0, 1)))[0]
    assert (rows[-1] - rows[0], columns[-1] - columns[0]) <= (24, 24)


def test_vgg16_names_the_keys_of_torchvision() -> None:
    layers = read_network(str(VGG16)).layers
    weighted = [layer for layer in layers if isinstance(layer, Weighted)]
    prefixes = [*(f"features.{key}" for key in VGG16_KEYS)]
    prefixes += [f"classifier.{key}" for key in (0, 3, 6)]
    assert [layer.weight for layer in weighted] == [f"{prefix}.weight" for prefix in prefixes]
    assert [layer.bias for layer in weighted] == [f"{prefix}.bias" for prefix in prefixes]
    pools = [layer for layer in layers if isinstance(layer, NetworkPool)]
    assert len(pools) == 5
    assert len(layers) == 13 * 2 + 5 + 3 + 2


def test_a_file_of_one_array_without_a_key_is_refused() -> None:
    np.save("w.npy", np.ones((3, 3)))
    with pytest.raises(ParameterError) as refused:
        Deconvnet(net=written(CONV), weights="w.npy", layer="c")
    assert str(refused.value) == "--weights w.npy: it has no array w; it has 3x3"
