"""The reading: circuits as equations, programs and pictures."""
