"""Transposed convolution of images with a kernel."""
