"""Convolution of images with a kernel: plain, with gaps, by channel, and with whole numbers."""
