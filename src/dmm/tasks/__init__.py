"""Tasks: what a machine shall do, given by a teacher and a few example streams.

`task` says what a task is, `streams` and `examples` make streams of text and of files, every other file is one task,
and `registry` is the table of them.
"""
