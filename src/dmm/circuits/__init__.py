"""The reading: circuits as statements, equations and diagrams, and in the folders below as programs and pictures."""
