"""Reading English: instructions become plans, and commands of a conversation are recognised.

Everything here is deterministic and linear in the length of the text; words come from the YAML
files in ``data/``. Nothing here touches pictures or models.
"""
