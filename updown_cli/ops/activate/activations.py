"""The activations of networks, each a function of torch."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.call import Call, MethodCall, TensorName, Term, X
from updown_cli.op.code import literal
from updown_cli.op.param_types import Float
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_channel import PerChannel
from updown_cli.op.pointwise import InRange, Pointwise
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class Activation(InRange, Pointwise, abstract=True):
    """A function of torch of each value alone."""

    command = "activate"

    @abstractmethod
    def call(self) -> Term:
        """Return what torch computes from `x`."""

    def knows_alpha(self) -> bool:
        """Activations know nothing of alpha."""
        return False

    def apply(self, x: Tensor) -> Tensor:
        """Return what torch gives."""
        result: Tensor = self.call().run(x=x)
        return result

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the call."""
        return [f"y = {self.call().code()}"]


class Relu(Activation):
    """max(x, 0), as torch.nn.ReLU."""

    mode = "relu"
    told_as = "relu"

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return self.input_range == "code"

    def call(self) -> Term:
        """Return torch's function."""
        return Call("relu")


@dataclass(frozen=True, kw_only=True)
class LeakyRelu(Activation):
    """x, or negative_slope * x below 0, as torch.nn.LeakyReLU."""

    mode = "leaky-relu"
    told_as = "leaky_relu"

    negative_slope: float = param(
        0.01,
        "What values below 0 are multiplied with.",
        Float(min=-1e6, max=1e6),
        telling=Telling.DETAIL,
    )

    def call(self) -> Term:
        """Return torch's function."""
        return Call("leaky_relu", options={"negative_slope": self.negative_slope})


@dataclass(frozen=True, kw_only=True)
class Elu(Activation):
    """x, or alpha * (exp(x) - 1) below 0, as torch.nn.ELU."""

    mode = "elu"
    told_as = "elu"

    scale: float = param(
        1.0,
        "What values below 0 approach, with the other sign: torch's alpha.",
        Float(min=0, max=1e6),
        telling=Telling.DETAIL,
    )

    def call(self) -> Term:
        """Return torch's function."""
        return Call("elu", options={"alpha": self.scale})


@dataclass(frozen=True, kw_only=True)
class Prelu(Activation):
    """x, or weight * x below 0, with learned weights, as torch.nn.PReLU."""

    mode = "prelu"
    told_as = "prelu"

    weight: tuple[float, ...] = param(
        (0.25,),
        "What values below 0 are multiplied with: one number, or one per channel between commas.",
        PerChannel(min=-1e6, max=1e6),
        telling=Telling.DETAIL,
    )

    def out_channels(self, shape: Shape) -> int:
        """Return the channels, to which the weights must fit."""
        if len(self.weight) not in (1, shape.channels):
            raise ShapeError(
                f"--weight has {len(self.weight)} numbers for {shape.channels} channels"
            )
        return shape.channels

    def call(self) -> Term:
        """Return torch's function of x and the weights."""
        return Call("prelu", (X, TensorName("weight")))

    def apply(self, x: Tensor) -> Tensor:
        """Return what torch gives with the weights."""
        result: Tensor = self.call().run(x=x, weight=x.new_tensor(self.weight))
        return result

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the weights and the call."""
        numbers = ", ".join(map(literal, map(float, self.weight)))
        return [f"weight = torch.tensor([{numbers}])", *super().torch_code(shape, frames)]


class Tanh(Activation):
    """tanh(x), as torch.nn.Tanh."""

    mode = "tanh"
    told_as = "tanh"

    def call(self) -> Term:
        """Return torch's function."""
        return MethodCall(X, "tanh")


class Sigmoid(Activation):
    """1 / (1 + exp(-x)), as torch.nn.Sigmoid."""

    mode = "sigmoid"
    told_as = "sigmoid"

    def call(self) -> Term:
        """Return torch's function."""
        return MethodCall(X, "sigmoid")
