"""Seeing drawings without the editing model: what stands where, and whether an edit was made.

Masks come from the small SAM, names from the recogniser (``smartedit_model.evaluation.judge_net``),
which was trained apart from every editing model. Importing this package imports no torch.
"""

THINGS_EDITOR = "drawn-things"
"""The editor that draws from the catalogue (``drawer``)."""
MOODS_EDITOR = "drawn-moods"
"""The editor of light and weather in drawings (``moods``)."""
CHANGES_EDITOR = "drawn-changes"
"""The editor that changes what stands in drawings (``changing``)."""
BACKDROPS_EDITOR = "drawn-backdrops"
"""The editor of what is behind things in drawings (``backdrops``)."""
