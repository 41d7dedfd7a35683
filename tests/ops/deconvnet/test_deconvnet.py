"""The way back through a network, against autograd, against hooks, and against plain loops."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from updown_cli.errors import InputError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.deconvnet.deconvnet import Deconvnet
from updown_cli.ops.deconvnet.findings import Findings
from updown_cli.ops.deconvnet.layers import NetworkPool, NetworkRelu, Way

Array = NDArray[np.float64]

# float64 sums in another order differ by some of its 1e-16.
ROUNDING: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-12}


#: For layers that have none.
NO_WEIGHTS: Any = None


@dataclass(frozen=True)
class Example:
    """A network as JSON has it and as torch has it, with the same random weights."""

    layers: list[dict[str, Any]]
    modules: nn.Sequential
    sides: tuple[int, int] = (17, 22)


def conv(*sizes: Any, bias: bool = True, **window: Any) -> tuple[dict[str, Any], nn.Module]:
    module: Any = nn.Conv2d
    return {"type": "conv", **window}, module(*sizes, bias=bias, **window).double()


def pool(kernel: int, stride: int, **window: Any) -> tuple[dict[str, Any], nn.Module]:
    described = {"type": "pool", "kernel_size": kernel, "stride": stride, **window}
    return described, nn.MaxPool2d(kernel, stride, **window)


def relu() -> tuple[dict[str, Any], nn.Module]:
    return {"type": "relu"}, nn.ReLU()


def example(*parts: tuple[dict[str, Any], nn.Module]) -> Example:
    """Return the network of these layers, written as net.json and w.npz; its last is `lN`."""
    layers: list[dict[str, Any]] = []
    arrays: dict[str, Any] = {}
    for number, (described, module) in enumerate(parts):
        keys = {}
        for key, values in module.named_parameters():
            keys[key] = f"{number}.{key}"
            arrays[keys[key]] = values.detach().numpy()
        layers.append({"name": f"l{number}", **described, **keys})
    network = {"input": {"channels": 3, "mean": 0.4, "std": [0.2, 0.3, 0.5]}, "layers": layers}
    with open("net.json", "w") as file:
        json.dump(network, file)
    np.savez("w.npz", **arrays)
    modules = [module for _, module in parts]
    return Example(layers, nn.Sequential(*modules))


def plain() -> Example:
    """VGG's kind: small convolutions, pools that do not overlap."""
    torch.manual_seed(1)
    return example(
        conv(3, 6, 3, padding=1), relu(), pool(2, 2), conv(6, 8, 3, padding=1), relu(), pool(2, 2),
        conv(8, 5, 3), relu(),
    )  # fmt: skip


def overlapping() -> Example:
    """AlexNet's kind: strides that leave pixels over, groups, gaps, pools that overlap."""
    torch.manual_seed(2)
    return example(
        conv(3, 6, (3, 2), stride=(2, 1), padding=(1, 2)), relu(),
        pool(3, 2, padding=1, ceil_mode=True), conv(6, 8, 3, groups=2, dilation=(1, 2), padding=2),
        relu(), pool(3, 1), conv(8, 4, 2, stride=2, bias=False), relu(),
    )  # fmt: skip


every_network = pytest.mark.parametrize("make", [plain, overlapping], ids=lambda f: f.__name__)


def image(*sides: int, seed: int = 3) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).random((1, 3, *(sides or (17, 22)))))


def normalised(x: torch.Tensor) -> torch.Tensor:
    return (x - 0.4) / torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64).view(1, 3, 1, 1)


def project(x: torch.Tensor, **settings: Any) -> Signal:
    op = Deconvnet(net="net.json", weights="w.npz", **settings)
    return op.for_shape(Shape(*x.shape[1:])).run(Signal(x, white=1.0))


def findings_of(signal: Signal) -> Findings:
    """Return what was seen in the first frame."""
    found = signal.artifacts[0]
    assert isinstance(found, Findings)
    return found


def backward(modules: nn.Sequential, x: torch.Tensor, unit: tuple[int, ...]) -> torch.Tensor:
    """Return autograd's gradient of a unit by the normalised input."""
    given = normalised(x).requires_grad_()
    modules(given)[0][unit].backward()
    assert given.grad is not None
    return given.grad


def strongest(modules: nn.Sequential, x: torch.Tensor) -> list[tuple[int, ...]]:
    """Return the strongest place of every map, strongest first, one value at a time."""
    with torch.no_grad():
        values = modules(normalised(x))[0].numpy()
    best = []
    for c, plane in enumerate(values):
        y, x_ = max(np.ndindex(plane.shape), key=lambda at: plane[at])
        best.append((plane[y, x_], (c, y, x_)))
    return [place for _, place in sorted(best, key=lambda pair: -pair[0])]


@every_network
@pytest.mark.parametrize("start", ["activation", "one"])
def test_gradient_is_what_autograd_computes(make: Any, start: str) -> None:
    network, x = make(), image()
    unit = strongest(network.modules, x)[0]
    found = project(x, layer="l7", unit=",".join(map(str, unit)), rule="gradient", start=start)
    expected = backward(network.modules, x, unit)
    if start == "activation":
        expected = expected * network.modules(normalised(x))[0][unit].detach()
    assert expected.abs().max() > 1e-4
    torch.testing.assert_close(found.pixels, expected, **ROUNDING)


@every_network
@pytest.mark.parametrize("layer", range(8))
def test_the_gradient_of_every_layer_is_autograd_s(make: Any, layer: int) -> None:
    network, x = make(), image()
    unit = (1, 1, 1)
    found = project(x, layer=f"l{layer}", unit="1,1,1", rule="gradient", start="one")
    expected = backward(network.modules[: layer + 1], x, unit)
    torch.testing.assert_close(found.pixels, expected, **ROUNDING)


@every_network
def test_guided_is_what_hooks_on_every_relu_make(make: Any) -> None:
    network, x = make(), image()

    def positive(module: nn.Module, masked: Any, given: Any) -> Any:
        return (masked[0].clamp(min=0),)

    for module in network.modules:
        if isinstance(module, nn.ReLU):
            module.register_full_backward_hook(positive)
    unit = strongest(network.modules, x)[0]
    found = project(x, layer="l7", unit=",".join(map(str, unit)), rule="guided", start="one")
    expected = backward(network.modules, x, unit)
    assert expected.abs().max() > 1e-4
    torch.testing.assert_close(found.pixels, expected, **ROUNDING)


def windows(
    size: tuple[int, ...], kernel: tuple[int, ...], stride: int
) -> list[tuple[tuple[int, int], tuple[slice, slice]]]:
    """Return every output place with the rows and columns of its window."""
    counts = [(side - taps) // stride + 1 for side, taps in zip(size, kernel, strict=True)]
    found = []
    for i, j in np.ndindex(*counts):
        top, left = i * stride, j * stride
        found.append(((i, j), (slice(top, top + kernel[0]), slice(left, left + kernel[1]))))
    return found


def loop_conv(x: Array, weight: Array, bias: Array, pad: int) -> Array:
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    places = windows(x.shape[1:], weight.shape[2:], 1)
    out = np.zeros((len(weight), *(n + 1 for n in places[-1][0])))
    for (i, j), (rows, columns) in places:
        for o in range(len(weight)):
            out[o, i, j] = (weight[o] * x[:, rows, columns]).sum() + bias[o]
    return out


def loop_conv_back(signal: Array, shape: tuple[int, ...], weight: Array, pad: int) -> Array:
    back = np.zeros((shape[0], shape[1] + 2 * pad, shape[2] + 2 * pad))
    for (i, j), (rows, columns) in windows(back.shape[1:], weight.shape[2:], 1):
        for o in range(len(weight)):
            back[:, rows, columns] += weight[o] * signal[o, i, j]
    return back[:, pad : pad + shape[1], pad : pad + shape[2]]


def loop_pool(x: Array, kernel: int, stride: int) -> tuple[Array, dict[Any, Any]]:
    places = windows(x.shape[1:], (kernel, kernel), stride)
    out, pool_indices = np.zeros((len(x), *(n + 1 for n in places[-1][0]))), {}
    for (i, j), (rows, columns) in places:
        for c in range(len(x)):
            window = x[c, rows, columns]
            y, z = max(np.ndindex(window.shape), key=lambda at: window[at])
            out[c, i, j] = window[y, z]
            pool_indices[c, i, j] = (c, rows.start + y, columns.start + z)
    return out, pool_indices


@pytest.mark.parametrize(("kernel", "duplicates"), [(2, "sum"), (3, "sum"), (3, "last")])
def test_deconvnet_is_what_loops_over_pixels_make(kernel: int, duplicates: str) -> None:
    torch.manual_seed(5)
    network = example(
        conv(3, 4, 3, padding=1), relu(), pool(kernel, 2), conv(4, 5, 3), relu()
    )  # fmt: skip
    x = image(9, 10)
    first, second = (
        {key: values.detach().numpy() for key, values in network.modules[i].named_parameters()}
        for i in (0, 3)
    )
    given = normalised(x)[0].numpy()
    one = np.maximum(loop_conv(given, first["weight"], first["bias"], 1), 0)
    pooled, pool_indices = loop_pool(one, kernel, 2)
    two = np.maximum(loop_conv(pooled, second["weight"], second["bias"], 0), 0)
    unit = (3, 1, 0)
    assert two[unit] > 0
    signal = np.zeros_like(two)
    signal[unit] = two[unit]
    signal = loop_conv_back(np.maximum(signal, 0), pooled.shape, second["weight"], 0)
    unpooled = np.zeros_like(one)
    for place in np.ndindex(*signal.shape):
        at = pool_indices[place]
        unpooled[at] = signal[place] + (unpooled[at] if duplicates == "sum" else 0)
    expected = loop_conv_back(np.maximum(unpooled, 0), given.shape, first["weight"], 1)
    found = project(x, layer="l4", unit="3,1,0", duplicates=duplicates).pixels[0].numpy()
    assert abs(expected).max() > 1e-4
    np.testing.assert_allclose(found, expected, **ROUNDING)


@pytest.mark.parametrize(
    ("rule", "expected"), [("gradient", [0, -4]), ("deconvnet", [3, 0]), ("guided", [0, 0])]
)
def test_what_a_relu_lets_back(rule: str, expected: list[float]) -> None:
    """Forward -1, 2; signal 3, -4."""
    layer = NetworkRelu(name="r")
    values, passed = layer.forward(torch.tensor([[[[-1.0, 2]]]]), NO_WEIGHTS)
    assert values.flatten().tolist() == [0, 2]
    back = layer.backward(torch.tensor([[[[3.0, -4]]]]), passed, NO_WEIGHTS, Way(rule, "sum"))
    assert back.flatten().tolist() == expected


@pytest.mark.parametrize(
    ("duplicates", "centre"), [("sum", 36), ("last", 9), ("max", 9), ("mean", 9), ("error", 9)]
)
def test_values_of_overlapping_pools_are_summed_or_placed(duplicates: str, centre: int) -> None:
    layer = NetworkPool(name="p", kernel_size=(2,), stride=(1,))
    x = torch.tensor([[1.0, 2, 3], [4, 9, 5], [6, 7, 8]])[None, None]
    values, passed = layer.forward(x, NO_WEIGHTS)
    assert values.flatten().tolist() == [9, 9, 9, 9]
    back = layer.backward(values, passed, NO_WEIGHTS, Way("gradient", duplicates))
    assert back.flatten().tolist() == [0, 0, 0, 0, centre, 0, 0, 0, 0]


def test_different_values_in_one_place_can_be_refused() -> None:
    overlapping()
    with pytest.raises(InputError) as refused:
        project(image(), layer="l7", unit="1,0,0", duplicates="error", start="one")
    assert "say what to do with --duplicates last, sum, max or mean" in str(refused.value)


def test_a_linear_layer_weighs_every_value() -> None:
    torch.manual_seed(6)
    network = example(
        conv(3, 4, 3), relu(), pool(2, 2), ({"type": "linear"}, nn.Linear(4 * 7 * 10, 6).double())
    )
    flat = nn.Sequential(*list(network.modules)[:3], nn.Flatten(), network.modules[3])
    x = image()
    found = project(x, layer="l3", unit="5,0,0", rule="gradient", start="one")
    expected = backward(flat, x, (5,))
    torch.testing.assert_close(found.pixels, expected, **ROUNDING)
    unit = findings_of(found).units[0]
    assert unit.activation == pytest.approx(float(flat(normalised(x))[0, 5].detach()))
    assert unit.field == (slice(0, 16), slice(0, 22))  # the last row is in no window of the pool


@every_network
@pytest.mark.parametrize("unit", [(0, 0, 0), (2, 0, 1)], ids=str)
def test_a_unit_sees_the_rows_and_columns_whose_nan_reaches_it(
    make: Any, unit: tuple[int, ...]
) -> None:
    network, label = make(), ",".join(map(str, unit))
    field = findings_of(project(image(), layer="l6", unit=label)).units[0].field
    for axis, side in enumerate(field, start=2):
        seen = []
        for at in range(image().shape[axis]):
            spoilt = normalised(image())
            spoilt.select(axis, at).fill_(np.nan)
            with torch.no_grad():
                if network.modules[:7](spoilt)[0][unit].isnan():
                    seen.append(at)
        assert (side.start, side.stop - 1) == (seen[0], seen[-1])


@pytest.mark.parametrize("rule", ["gradient", "deconvnet", "guided"])
def test_nothing_is_projected_outside_of_what_a_unit_sees(rule: str) -> None:
    overlapping()
    found = project(image(), layer="l6", unit="2,0,1", rule=rule, start="one")
    rows, columns = findings_of(found).units[0].field
    outside = found.pixels.clone()
    outside[..., rows, columns] = 0
    assert found.pixels.abs().max() > 0
    assert outside.abs().max() == 0


def test_top_takes_the_strongest_place_of_the_strongest_maps() -> None:
    network, x = plain(), image(30, 47)
    found = findings_of(project(x, layer="l7", unit="top:4")).units
    assert [unit.place for unit in found] == strongest(network.modules, x)[:4]
    assert all(one.activation >= other.activation for one, other in pairwise(found))


def test_a_map_alone_is_its_strongest_place() -> None:
    network, x = plain(), image(30, 47)
    place = next(place for place in strongest(network.modules, x) if place[0] == 2)
    assert [u.place for u in findings_of(project(x, layer="l7", unit="2")).units] == [place]


def test_several_units_are_the_sum_of_each() -> None:
    network, x = plain(), image(30, 47)
    places = strongest(network.modules, x)[:3]
    each = [project(x, layer="l7", unit=",".join(map(str, place))).pixels for place in places]
    together = project(x, layer="l7", unit="top:3").pixels
    torch.testing.assert_close(together, torch.stack(each).sum(0), **ROUNDING)


def test_white_is_one_to_the_network() -> None:
    plain()
    op, x = Deconvnet(net="net.json", weights="w.npz", layer="l4", unit="0,1,1"), image()
    expected = op.run(Signal(x, white=1.0)).pixels
    for white in (255.0, 65535.0):
        found = op.run(Signal(x * white, white=white)).pixels
        torch.testing.assert_close(found, expected, **ROUNDING)
