"""Baselines: the model with one thing less, each taught the same for as long."""
