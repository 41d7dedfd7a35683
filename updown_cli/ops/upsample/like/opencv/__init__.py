"""OpenCV's cv2.resize: `--like opencv`, as release 5 computes it on processors.

8 bits are weighed with whole numbers, deeper ones with single precision, each channel for itself.
"""

from updown_cli.ops.upsample.like.opencv.area import OpenCVArea
from updown_cli.ops.upsample.like.opencv.linear import OpenCVLinear
from updown_cli.ops.upsample.like.opencv.linear_exact import OpenCVLinearExact
from updown_cli.ops.upsample.like.opencv.nearest import OpenCVNearest, OpenCVNearestExact
from updown_cli.ops.upsample.like.opencv.smooth import OpenCVCubic, OpenCVLanczos4

MODES = (
    OpenCVLinear,
    OpenCVNearest,
    OpenCVCubic,
    OpenCVArea,
    OpenCVLanczos4,
    OpenCVLinearExact,
    OpenCVNearestExact,
)
