"""Why a layer gives the numbers that it gives: sizes, what is read, weights, equal code."""
