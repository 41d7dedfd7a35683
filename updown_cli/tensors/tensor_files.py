"""Files of tensors as torch.save writes them, `.pt`, without running their code."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.stores.names import open_regular, size_of
from updown_cli.tensors.named_arrays import ArrayFile, Keys, allow_stored

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# A file of torch.save starts as a zip archive or as a pickle; before 0.4 it was a tar archive.
ZIP_MAGIC, PICKLE_MAGIC = b"PK\x03\x04", b"\x80\x02\x8a\x0a"

# The group of tensors that checkpoints have beside others.
CHECKPOINT = "state_dict"

# Groups of tensors within one another.
DEEPEST = 32


def numbers_of(tensor: Tensor) -> NDArray[Any]:
    """Return a tensor's numbers; types that NumPy has not, such as bfloat16, as float32."""
    if tensor.is_complex():
        name = str(tensor.dtype).removeprefix("torch.")
        raise InputError(f"{name} values are not supported", code="bad_dtype")
    try:
        numbers: NDArray[Any] = tensor.numpy()
    except TypeError:
        numbers = tensor.float().numpy()
    return numbers


class TorchFile(ArrayFile):
    """A `.pt` or `.pth` file: a tensor, or tensors in dicts, whose keys are joined by dots.

    A dict under `state_dict` is taken for the whole, as checkpoints have it. Everything but plain
    tensors is left out; what only a pickle's code could make is refused.
    """

    def _names(self) -> tuple[str, ...]:
        found = dict(_tensors_in(self._loaded()))
        self._keys = {".".join(map(str, _in_group(keys))): keys for keys in found}
        self._tensors = {name: found[keys] for name, keys in self._keys.items()}
        if not self._tensors:
            raise not_plain()
        return tuple(self._tensors)

    def keys_of(self, name: str) -> Keys:
        """Return the keys of the dicts around a tensor."""
        return self._keys[name]

    def shapes(self, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the tensors."""
        return {name: tuple(self._tensors[name].shape) for name in names}

    def _read(self, name: str) -> NDArray[Any]:
        return numbers_of(self._tensors[name].detach())

    def _loaded(self) -> Any:
        with open_regular(self.path) as file:
            if not _as_torch_saves(file):
                raise not_plain()
            import torch

            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return torch.load(file, map_location="cpu", weights_only=True)
            except Exception:  # torch's text advises to switch its protection off
                raise not_plain() from None


def not_plain() -> InputError:
    """Return the refusal of what torch.load refuses."""
    return InputError("not a plain tensor file", hint="convert to .safetensors", code="pickle")


def _as_torch_saves(file: BinaryIO) -> bool:
    """Whether a file is a pickle, or a zip archive whose members promise no more than it holds.

    torch.save does not compress, so that nothing can unpack to more than the file has.
    """
    start, size = file.read(4), size_of(file)
    file.seek(0)
    if start == PICKLE_MAGIC:
        return True
    if start != ZIP_MAGIC:
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            promised = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
    allow_stored(promised, file)
    file.seek(0)
    return promised <= size


def _tensors_in(value: Any) -> Iterator[tuple[Keys, Tensor]]:
    """Yield (keys, tensor) of nested dicts, each dict once: they may hold loops."""
    start: Keys = ()
    if isinstance(value, dict) and isinstance(value.get(CHECKPOINT), dict):
        start, value = (CHECKPOINT,), value[CHECKPOINT]
    waiting: list[tuple[Keys, Any]] = [(start, value)]
    seen: set[int] = set()
    while waiting:
        path, value = waiting.pop()
        if _is_plain(value):
            yield path, value
        elif isinstance(value, dict) and id(value) not in seen and len(path) < DEEPEST:
            seen.add(id(value))
            waiting += [((*path, key), inner) for key, inner in reversed(value.items())]


def _in_group(keys: Keys) -> Keys:
    """Return the keys within the group that is taken for the whole."""
    return keys[1:] if len(keys) > 1 and keys[0] == CHECKPOINT else keys


def _is_plain(value: Any) -> bool:
    import torch

    return (
        isinstance(value, torch.Tensor)
        and value.layout == torch.strided
        and value.device.type == "cpu"
        and not value.is_quantized
    )
