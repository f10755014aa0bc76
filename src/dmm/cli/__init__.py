"""The command `dmm`: parse, one library call, print.

`main` holds the table of commands, every command has a file of its own, and `arguments`, `engine` and `printing` are
what they share. Nothing here loads a library that is slow to start before a command needs it.
"""
