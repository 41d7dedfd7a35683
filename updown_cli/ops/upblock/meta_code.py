"""Meta upscale as torch code: weights of its own for every output pixel."""

from __future__ import annotations

from fractions import Fraction

from updown_cli.op.code import Lines, literal
from updown_cli.op.shape import Shape
from updown_cli.ops.upblock.meta import Meta
from updown_cli.ops.upblock.meta_net import HIDDEN, KEYS, PIECES
from updown_cli.ops.upblock.weights_code import drawn, file_lines, of_file, post_lines

# What `updown_cli.ops.upblock.meta_net.bilinear_net` computes.
BILINEAR = """\
# A net that says (1 - y)(1 - x), y(1 - x), (1 - y)x and yx of the offsets y and x: yx is
# ((y + x)^2 - (y - x)^2) / 4, and a ReLU for every bend makes squares of straight pieces.
knots = np.arange({knots}) / {pieces}
bends = np.where(knots > 0, 2, 1) / {pieces}
near = knots < 1
units = [
    (1, 0, 0, 0),
    (0, 1, 0, 0),
    *((1, 1, knot, bend / 4) for knot, bend in zip(knots, bends)),
    *((1, -1, knot, -bend / 4) for knot, bend in zip(knots[near], bends[near])),
    *((-1, 1, knot, -bend / 4) for knot, bend in zip(knots[near], bends[near])),
]
down, right, thresholds, product = np.array(units).T
y, x_ = np.eye(len(down))[:2]
weight1 = np.stack([0 * down, down, right], 1)
bias1 = -thresholds
window = np.zeros(({side}, {side}, len(down)))
window[{middle}:{end}, {middle}:{end}] = [[product - y - x_, x_ - product], [y - product, product]]
constant = np.zeros(({side}, {side}))
constant[{middle}, {middle}] = 1
each = np.eye({channels})  # every channel by itself
weight2 = np.einsum("io,abh->iaboh", each, window).reshape({rows}, -1)
bias2 = np.einsum("io,ab->iabo", each, constant).ravel()"""


def meta(op: Meta, shape: Shape, frames: int) -> Lines:
    """Return a net that says the weights of every pixel, and the sums of windows times them."""
    side, outs = op.kernel_size, op.results(shape.channels)
    net, names = _net(op, shape)
    size = op.out_size(shape)
    said = literal((*size, shape.channels, side, side, outs))
    padded = "x" if side == 1 else f"F.pad(x, {literal((side // 2,) * 4)})"
    per_pixel = literal_of(1 / op.scale)
    return [
        *file_lines(op),
        *net,
        "",
        "# The pixel that each new one lies in, and how far from its start.",
        *_places("row", "down", size[0], op.scale),
        *_places("column", "right", size[1], op.scale),
        f"seen = torch.cartesian_prod(down, right).unflatten(0, {literal(size)})",
        f"seen = F.pad(seen, (1, 0), value={per_pixel}).to(x)  # and 1 / scale before them",
        f"hidden = F.linear(seen, {', '.join(n for n in names[:2] if n)}).relu()",
        f"weights = F.linear(hidden, {', '.join(n for n in names[2:] if n)})",
        f"weights = weights.reshape{said}",
        f"windows = {padded}.unfold(2, {side}, 1).unfold(3, {side}, 1)",
        "windows = windows[:, :, row[:, None], column]",
        'y = torch.einsum("nchwab,hwcabo->nohw", windows, weights)',
        *post_lines(op),
    ]


def literal_of(ratio: Fraction) -> str:
    """Return a fraction as a division."""
    up, down = ratio.as_integer_ratio()
    return str(up) if down == 1 else f"{up} / {down}"


def _places(pixel: str, offset: str, out: int, scale: Fraction) -> Lines:
    up, down = scale.as_integer_ratio()
    numbers = f"torch.arange({out})" + (f" * {down}" if down > 1 else "")
    return [
        f"{pixel} = {numbers} // {up}",
        f"{offset} = ({numbers}) % {up} / {float(up):g}",
    ]


def _net(op: Meta, shape: Shape) -> tuple[Lines, list[str]]:
    """Return lines that define the net, and the names of weight, bias, weight, bias."""
    channels, side = shape.channels, op.kernel_size
    rows = channels**2 * side**2
    names = ["weight1", "bias1", "weight2", "bias2"]
    if op.file is not None:
        given = [
            name if op.file.has(key) and (op.biases or "weight" in name) else ""
            for name, key in zip(names, KEYS, strict=True)
        ]
        keys = zip(given, KEYS, strict=True)
        return [f"{name} = {of_file(op, key)}" for name, key in keys if name], given
    if op.init == "random":
        seed = op.seed or 0
        return [
            *drawn((HIDDEN, 3), seed, KEYS[0]),
            "weight1 = torch.from_numpy(numbers).to(x)",
            *drawn((rows, HIDDEN), seed, KEYS[2]),
            "weight2 = torch.from_numpy(numbers).to(x)",
        ], ["weight1", "", "weight2", ""]
    middle = side // 2
    net = BILINEAR.format(
        knots=2 * PIECES,
        pieces=PIECES,
        side=side,
        middle=middle,
        end=middle + 2,
        channels=channels,
        rows=rows,
    )
    tensors = [f"{name} = torch.from_numpy({name}).to(x)" for name in names]
    return [*net.splitlines(), *tensors], names
