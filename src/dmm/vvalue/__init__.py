"""V-values: vectors with tree-shaped indices.

Two representations, one meaning. `tree.VValue` is the meaning: immutable, plain Python. `flat.FlatVValue` is the
speed: one array whose last axis runs over a static `support.Support`. `operations` works on both.
"""
