"""Benchmarks: each module answers the question that it is named for, with figures and their bounds.

They are a folder of the source, not of the package: `dmm bench` finds them beside it. A module offers
`measure() -> Result`; a new one is a file and a row here.
"""

BENCHMARKS = {
    "gradient_step": "is the compiled gradient quicker than the one flattened by hand, and how near to its arithmetic?",
    "recurrent_step": "how long does a step of the fully recurrent machine take, compared with one flattened by hand?",
    "gradients": "what do exact and estimated gradients cost, per machine and length?",
    "correlation": "how near do evolution strategies come to the gradient, as the population grows?",
    "compile_time": "how long does compilation take, cold and with a persistent cache?",
    "population": "what does a population of weights cost, compared with one?",
    "startup": "how soon does a command answer?",
    "synthesis": "does synthesis succeed unattended, seed by seed?",
    "one_text": "does it succeed with a single training text?",
    "scaling": "does it succeed with templates of 5, 10 and 20 times as many links?",
    "tasks": "does it succeed for every task of the collection?",
    "repair": "does it mend broken machines?",
    "prior_free": "is a circuit found without layers, every output linked to every input?",
    "survival": "what lets training survive a machine without layers?",
    "superfluid": "is a circuit found where training chooses the types of neurons, too?",
    "evolution": "do evolution strategies do what reverse mode does, and at what cost?",
    "wave": "how quick is a machine that rewrites its own matrix, interpreted and compiled?",
    "self_modification": "what does it bring that a machine changes its own links, and is that found?",
    "pure": "how many ticks a second does a pure machine make, in NumPy and compiled?",
    "live": "does a live machine stay sound under a million edits at random, valid and not?",
    "parts": "which penalties, pruning rules and schedules lead to a circuit?",
}
"""Every benchmark by name, and its question."""

LONG = frozenset(
    {
        "synthesis", "one_text", "scaling", "tasks", "repair", "parts", "prior_free", "superfluid", "survival",
        "evolution", "correlation", "live",
        "self_modification", "wave",
    }
)  # fmt: skip
"""Those that take minutes, and run only when they are named."""
