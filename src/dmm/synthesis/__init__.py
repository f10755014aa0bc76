"""Synthesis: from an over-full template to a circuit that a person can read.

Its parts, in the order in which they work: `template` and `repair` make the machine to start from; `data`, `penalties`
and `training` move its weights, `pruning` says which links go, `least_squares` settles what is left; `simplify`,
`symmetries`, `folding` and `rewiring` make a circuit plainer; `answers` and `questions` run many streams at once, for
`probe`, `challenge` and `verify` to find where it is wrong; `front` lays out what was found. A `position` says where a
synthesis stands, the `workbench` has what its stages share, `shrinking` and `finishing` are the stages, `search` is the
table of them, `runs` keeps them on disk, and `synthesise` is the one call for it all.
"""
