"""The files that hold arrays, by their endings."""

from __future__ import annotations

from updown_cli.tensors.named_arrays import ArrayFile, NpyFile, NpzFile
from updown_cli.tensors.safetensors import SafetensorsFile
from updown_cli.tensors.tensor_files import TorchFile

ARRAY_FILES: dict[str, type[ArrayFile]] = {
    ".npy": NpyFile,
    ".npz": NpzFile,
    ".safetensors": SafetensorsFile,
    ".pt": TorchFile,
    ".pth": TorchFile,
}
