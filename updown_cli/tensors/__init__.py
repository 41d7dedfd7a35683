"""Array and weight files: .npy, .npz, .safetensors and .pt, never a pickle."""
