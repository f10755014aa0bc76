"""Circuits as self-contained Python programs."""
