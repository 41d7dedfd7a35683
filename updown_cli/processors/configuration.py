"""A configuration in a file: whose it is, and what it means."""

from __future__ import annotations

from updown_cli.errors import UpdownError, UsageError, shortened
from updown_cli.op.schema import Given
from updown_cli.processors import timm, torchvision, transformers
from updown_cli.processors.preparation import Preparation
from updown_cli.stores.spelling import without_secrets
from updown_cli.tensors.json_files import read_json

# Far more than a configuration has.
LARGEST = 1 << 20
TOO_LARGE = f"larger than {LARGEST >> 20} MiB, no configuration"


def read_configuration(path: str, backend: str | None = None) -> Preparation:
    """Return what a configuration means; raise UsageError for what is none or is not known."""
    try:
        return _preparation(Given(read_json(path, LARGEST, TOO_LARGE)).table(), backend)
    except UpdownError as error:
        is_told = error.subject in ("", without_secrets(path), shortened(path))
        subject = without_secrets(path) if is_told else f"{without_secrets(path)}: {error.subject}"
        raise UsageError(error.reason, subject=subject, hint=error.hint, code=error.code) from None


def _preparation(given: dict[str, Given], backend: str | None) -> Preparation:
    if transformers.is_processor(given):
        return transformers.preparation(given, backend)
    if backend is not None:
        raise UsageError("goes with a processor of transformers", subject=f"--backend {backend}")
    if torchvision.is_preset(given):
        return torchvision.preparation(given)
    if timm.is_timm(given):
        return timm.preparation(given)
    raise UsageError(
        "is no configuration that is known",
        hint="it needs image_processor_type, pretrained_cfg or preset",
    )
