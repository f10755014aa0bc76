"""Machines: neurons, and the network matrix that links them, as frozen data.

`machine` is the data and the verbs to build it by hand, `flow` the order in which links act, `check` lists what is
wrong, `files` reads and writes JSON, `text` the readable form, `retime` leads from one timing to the other.
"""
