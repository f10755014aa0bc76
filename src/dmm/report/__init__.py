"""The seeing: one page about one or several runs of a synthesis, from what is in their folders.

A run is read (`folder`), and the sections of the page are made of it, each as plain data (`blocks`); the template turns
these into HTML. Nothing in a run is changed.
"""
