"""Synthesis: from an over-full template to a circuit that a person can read.

`template` makes the machine to start from, `training` moves its weights, `pruning` says which links go, `search` takes
turns between the two, `runs` keeps a run on disk, `verify` judges what was found, `presets` says how it is all put
together by default.
"""
