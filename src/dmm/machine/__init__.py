"""Machines: neurons, and the network matrix that links them, as frozen data.

`machine` is the data and the verbs to build it by hand, `check` lists what is wrong with it, `files` reads and writes
JSON, `text` the readable form.
"""
