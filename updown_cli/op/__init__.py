"""What an operation is: parameters, shapes, spans of input, windows, tables, positions, code."""
