"""The reasons: why a machine answered what it did, down to the items of the stream that matter. No JAX."""
