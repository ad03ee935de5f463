"""The world's data files: drawings of the kinds, colours, wordings and facts."""
