"""What convolution, transposed convolution and learned blocks share: kernels and weights."""
