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
    "one_text": "does it succeed with a single training text?",
    "scaling": "does it succeed with templates of 5, 10 and 20 times as many links?",
    "tasks": "does it succeed for every task of the collection?",
    "repair": "does it mend broken machines?",
    "parts": "which penalties, pruning rules and schedules lead to a circuit?",
}
"""Every benchmark by name, and its question."""

LONG = frozenset({"synthesis", "one_text", "scaling", "tasks", "repair", "parts"})
"""Those that take minutes, and run only when they are named."""
