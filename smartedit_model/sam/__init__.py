"""Segment Anything as a ``tools.grounding.Segmenter``: official checkpoints and a small own model.

The modules are those of the package ``segment-anything``; nothing of it is written anew here.
Importing this package imports no torch. ``training`` holds what made the small model and is not
imported by anything that uses it.
"""
