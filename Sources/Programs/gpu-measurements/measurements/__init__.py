"""Measures layers, what lies between layers, and whole networks on a GPU, for each number format."""
