"""The weights that are shipped with the package, one folder a model; no code."""
