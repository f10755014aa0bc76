"""Benchmarks: each module answers the question that it is named for, with figures and their bounds.

They are a folder of the source, not of the package: `dmm bench` finds them beside it. A module offers
`measure() -> Result`; a new one is a file and a row here.
"""

BENCHMARKS = {
    "gradient_step": "is the compiled gradient step as quick as the one flattened by hand, and as few forward steps?",
    "recurrent_step": "how long does a step of the fully recurrent machine take?",
    "compile_time": "how long does compilation take, cold and with a persistent cache?",
    "population": "what does a population of weights cost, compared with one?",
    "startup": "how soon does a command answer?",
    "synthesis": "does synthesis succeed unattended, seed by seed?",
}
"""Every benchmark by name, and its question."""

LONG = frozenset({"synthesis"})
"""Those that take minutes, and run only when they are named."""
