"""Dataflow matrix machines: neural networks over tree-shaped vectors, compiled to JAX and trained into circuits.

Everything public is imported from here: `from dmm import Machine, run`. A name is loaded when it is first asked for,
so `import dmm` is quick, and reading or interpreting a machine never loads JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the same names once more, for type checkers and editors; a test compares the two lists
    from dmm.circuits.dot import to_dot as to_dot
    from dmm.circuits.equations import to_equations as to_equations
    from dmm.circuits.equations_parser import parse_equations as parse_equations
    from dmm.circuits.html import to_html as to_html
    from dmm.circuits.latex import to_latex as to_latex
    from dmm.circuits.mermaid import to_mermaid as to_mermaid
    from dmm.circuits.pictures.compared import compared_svg as compared_svg
    from dmm.circuits.pictures.matrix_picture import matrix_svg as matrix_svg
    from dmm.circuits.pictures.shrinking import shrinking_svg as shrinking_svg
    from dmm.circuits.pictures.svg import to_svg as to_svg
    from dmm.circuits.programs.python import to_python as to_python
    from dmm.circuits.statements import readable as readable
    from dmm.compile.abstract import CompileError as CompileError
    from dmm.compile.pipeline import PUBLISHED_GRADIENT as PUBLISHED_GRADIENT
    from dmm.compile.pipeline import compile_machine as compile_machine
    from dmm.compile.program import Program as Program
    from dmm.engines import run as run
    from dmm.gradients.base import Gradient as Gradient
    from dmm.gradients.evolution import EvolutionStrategies as EvolutionStrategies
    from dmm.gradients.reverse import Reverse as Reverse
    from dmm.gradients.reverse import Truncated as Truncated
    from dmm.interpret.cycle import trace as trace
    from dmm.live.commands import AddNeuron as AddNeuron
    from dmm.live.commands import AddWeight as AddWeight
    from dmm.live.commands import BufferScale as BufferScale
    from dmm.live.commands import BufferSend as BufferSend
    from dmm.live.commands import BufferSet as BufferSet
    from dmm.live.commands import BufferSum as BufferSum
    from dmm.live.commands import BufferZero as BufferZero
    from dmm.live.commands import Command as Command
    from dmm.live.commands import RemoveLink as RemoveLink
    from dmm.live.commands import SendItem as SendItem
    from dmm.live.commands import SetWeight as SetWeight
    from dmm.live.commands import parse_command as parse_command
    from dmm.live.course import Record as Record
    from dmm.live.machine import LiveMachine as LiveMachine
    from dmm.live.machine import Reply as Reply
    from dmm.live.snapshot import Snapshot as Snapshot
    from dmm.machine.check import HaltedError as HaltedError
    from dmm.machine.check import MachineError as MachineError
    from dmm.machine.check import Problem as Problem
    from dmm.machine.check import check as check
    from dmm.machine.files import load_machine as load_machine
    from dmm.machine.files import machine_from_json as machine_from_json
    from dmm.machine.files import machine_to_json as machine_to_json
    from dmm.machine.files import save_machine as save_machine
    from dmm.machine.machine import Link as Link
    from dmm.machine.machine import Machine as Machine
    from dmm.machine.retime import Retimed as Retimed
    from dmm.machine.retime import to_synchronous as to_synchronous
    from dmm.machine.retime import to_unit_delay as to_unit_delay
    from dmm.machine.text import format_machine as format_machine
    from dmm.machine.text import parse_machine as parse_machine
    from dmm.networks.attention import attention as attention
    from dmm.networks.layers import Affine as Affine
    from dmm.networks.layers import dense as dense
    from dmm.networks.layers import network as network
    from dmm.networks.recurrent import elman as elman
    from dmm.networks.recurrent import gru as gru
    from dmm.networks.recurrent import lstm as lstm
    from dmm.networks.recurrent import minimal_gated_unit as minimal_gated_unit
    from dmm.neurons.base import NeuronType as NeuronType
    from dmm.neurons.base import Range as Range
    from dmm.neurons.base import neuron_type as neuron_type
    from dmm.neurons.registry import NEURON_TYPES as NEURON_TYPES
    from dmm.pure.activations import Activation as Activation
    from dmm.pure.arrays import array_to_vvalue as array_to_vvalue
    from dmm.pure.arrays import vvalue_to_array as vvalue_to_array
    from dmm.pure.automata import ContinuousAutomaton as ContinuousAutomaton
    from dmm.pure.ensembles import BalancedUpdates as BalancedUpdates
    from dmm.pure.ensembles import Mutations as Mutations
    from dmm.pure.experiments import PURE_EXPERIMENTS as PURE_EXPERIMENTS
    from dmm.pure.java_random import JavaRandom as JavaRandom
    from dmm.pure.machine import PureMachine as PureMachine
    from dmm.pure.machine import PureState as PureState
    from dmm.pure.program import pure_program as pure_program
    from dmm.reasons.contributions import contributions as contributions
    from dmm.reasons.reasons import Contributions as Contributions
    from dmm.report.folder import Run as Run
    from dmm.report.folder import load_run as load_run
    from dmm.report.page import report_html as report_html
    from dmm.report.trace import Trace as Trace
    from dmm.report.trace import record as record
    from dmm.synthesis.challenge import Challenger as Challenger
    from dmm.synthesis.challenge import CounterExample as CounterExample
    from dmm.synthesis.challenge import counter_example as counter_example
    from dmm.synthesis.evaluate import Evaluation as Evaluation
    from dmm.synthesis.evaluate import evaluate as evaluate
    from dmm.synthesis.explain import Explanation as Explanation
    from dmm.synthesis.explain import explain as explain
    from dmm.synthesis.front import Found as Found
    from dmm.synthesis.front import front as front
    from dmm.synthesis.penalties import L1 as L1
    from dmm.synthesis.penalties import GroupL1 as GroupL1
    from dmm.synthesis.penalties import HardConcrete as HardConcrete
    from dmm.synthesis.penalties import Penalty as Penalty
    from dmm.synthesis.penalties import ProximalL1 as ProximalL1
    from dmm.synthesis.position import Progress as Progress
    from dmm.synthesis.settings import Settings as Settings
    from dmm.synthesis.synthesise import Outcome as Outcome
    from dmm.synthesis.synthesise import Synthesis as Synthesis
    from dmm.synthesis.synthesise import resume as resume
    from dmm.synthesis.synthesise import synthesise as synthesise
    from dmm.synthesis.template import layered as layered
    from dmm.synthesis.template import template as template
    from dmm.synthesis.verify import Judge as Judge
    from dmm.synthesis.verify import Verdict as Verdict
    from dmm.synthesis.verify import verify as verify
    from dmm.tasks.examples import load_examples as load_examples
    from dmm.tasks.given import task_from_examples as task_from_examples
    from dmm.tasks.parts import Parts as Parts
    from dmm.tasks.registry import TASKS as TASKS
    from dmm.tasks.streams import characters as characters
    from dmm.tasks.streams import mixtures as mixtures
    from dmm.tasks.streams import symbols as symbols
    from dmm.tasks.task import Example as Example
    from dmm.tasks.task import Task as Task
    from dmm.vvalue.copies import copied as copied
    from dmm.vvalue.flat import FlatVValue as FlatVValue
    from dmm.vvalue.flat import flatten as flatten
    from dmm.vvalue.flat import unflatten as unflatten
    from dmm.vvalue.keywise import absent as absent
    from dmm.vvalue.keywise import absolute as absolute
    from dmm.vvalue.keywise import keywise_absolute as keywise_absolute
    from dmm.vvalue.keywise import keywise_maximum as keywise_maximum
    from dmm.vvalue.keywise import keywise_minimum as keywise_minimum
    from dmm.vvalue.keywise import keywise_product as keywise_product
    from dmm.vvalue.keywise import maximum as maximum
    from dmm.vvalue.keywise import minimum as minimum
    from dmm.vvalue.keywise import normalise as normalise
    from dmm.vvalue.lists import list_items as list_items
    from dmm.vvalue.lists import list_of as list_of
    from dmm.vvalue.operations import apply_matrix as apply_matrix
    from dmm.vvalue.operations import clip as clip
    from dmm.vvalue.operations import dot as dot
    from dmm.vvalue.operations import lin_comb as lin_comb
    from dmm.vvalue.operations import max_norm as max_norm
    from dmm.vvalue.operations import mult_mask as mult_mask
    from dmm.vvalue.operations import relu as relu
    from dmm.vvalue.outer import outer as outer
    from dmm.vvalue.smooth import sigmoid as sigmoid
    from dmm.vvalue.smooth import tanh as tanh
    from dmm.vvalue.softmax import softmax as softmax
    from dmm.vvalue.steps import arg_max as arg_max
    from dmm.vvalue.steps import keywise_round as keywise_round
    from dmm.vvalue.steps import keywise_threshold as keywise_threshold
    from dmm.vvalue.steps import less_or_equal as less_or_equal
    from dmm.vvalue.steps import present as present
    from dmm.vvalue.steps import where as where
    from dmm.vvalue.support import Support as Support
    from dmm.vvalue.tree import VValue as VValue
    from dmm.vvalue.tree import weighted_sum as weighted_sum

    __version__: str

_PUBLIC = {
    "vvalue.tree": ("VValue", "weighted_sum"),
    "vvalue.flat": ("FlatVValue", "flatten", "unflatten"),
    "vvalue.support": ("Support",),
    "vvalue.operations": ("apply_matrix", "clip", "dot", "lin_comb", "max_norm", "mult_mask", "relu"),
    "vvalue.keywise": (
        "absent",
        "absolute",
        "keywise_absolute",
        "keywise_maximum",
        "keywise_minimum",
        "keywise_product",
        "maximum",
        "minimum",
        "normalise",
    ),
    "vvalue.steps": ("arg_max", "keywise_round", "keywise_threshold", "less_or_equal", "present", "where"),
    "vvalue.smooth": ("sigmoid", "tanh"),
    "vvalue.softmax": ("softmax",),
    "vvalue.lists": ("list_items", "list_of"),
    "vvalue.outer": ("outer",),
    "vvalue.copies": ("copied",),
    "neurons.base": ("NeuronType", "Range", "neuron_type"),
    "neurons.registry": ("NEURON_TYPES",),
    "machine.machine": ("Link", "Machine"),
    "machine.check": ("HaltedError", "MachineError", "Problem", "check"),
    "machine.files": ("load_machine", "machine_from_json", "machine_to_json", "save_machine"),
    "machine.retime": ("Retimed", "to_synchronous", "to_unit_delay"),
    "machine.text": ("format_machine", "parse_machine"),
    "interpret.cycle": ("trace",),
    "live.machine": ("LiveMachine", "Reply"),
    "live.commands": (
        "AddNeuron",
        "AddWeight",
        "BufferScale",
        "BufferSend",
        "BufferSet",
        "BufferSum",
        "BufferZero",
        "Command",
        "RemoveLink",
        "SendItem",
        "SetWeight",
        "parse_command",
    ),
    "live.course": ("Record",),
    "live.snapshot": ("Snapshot",),
    "networks.layers": ("Affine", "dense", "network"),
    "networks.recurrent": ("elman", "gru", "lstm", "minimal_gated_unit"),
    "networks.attention": ("attention",),
    "pure.activations": ("Activation",),
    "pure.arrays": ("array_to_vvalue", "vvalue_to_array"),
    "pure.automata": ("ContinuousAutomaton",),
    "pure.ensembles": ("BalancedUpdates", "Mutations"),
    "pure.experiments": ("PURE_EXPERIMENTS",),
    "pure.java_random": ("JavaRandom",),
    "pure.machine": ("PureMachine", "PureState"),
    "pure.program": ("pure_program",),
    "reasons.contributions": ("contributions",),
    "reasons.reasons": ("Contributions",),
    "circuits.pictures.compared": ("compared_svg",),
    "circuits.dot": ("to_dot",),
    "circuits.equations": ("to_equations",),
    "circuits.equations_parser": ("parse_equations",),
    "circuits.html": ("to_html",),
    "circuits.latex": ("to_latex",),
    "circuits.pictures.matrix_picture": ("matrix_svg",),
    "circuits.mermaid": ("to_mermaid",),
    "circuits.programs.python": ("to_python",),
    "circuits.pictures.shrinking": ("shrinking_svg",),
    "circuits.statements": ("readable",),
    "circuits.pictures.svg": ("to_svg",),
    "compile.abstract": ("CompileError",),
    "compile.pipeline": ("PUBLISHED_GRADIENT", "compile_machine"),
    "compile.program": ("Program",),
    "engines": ("run",),
    "tasks.task": ("Example", "Task"),
    "tasks.parts": ("Parts",),
    "tasks.given": ("task_from_examples",),
    "tasks.registry": ("TASKS",),
    "tasks.streams": ("characters", "mixtures", "symbols"),
    "tasks.examples": ("load_examples",),
    "gradients.base": ("Gradient",),
    "gradients.evolution": ("EvolutionStrategies",),
    "gradients.reverse": ("Reverse", "Truncated"),
    "synthesis.template": ("layered", "template"),
    "synthesis.settings": ("Settings",),
    "synthesis.position": ("Progress",),
    "synthesis.front": ("Found", "front"),
    "synthesis.penalties": ("GroupL1", "HardConcrete", "L1", "Penalty", "ProximalL1"),
    "synthesis.synthesise": ("Outcome", "Synthesis", "resume", "synthesise"),
    "synthesis.verify": ("Judge", "Verdict", "verify"),
    "synthesis.challenge": ("Challenger", "CounterExample", "counter_example"),
    "synthesis.explain": ("Explanation", "explain"),
    "synthesis.evaluate": ("Evaluation", "evaluate"),
    "report.folder": ("Run", "load_run"),
    "report.page": ("report_html",),
    "report.trace": ("Trace", "record"),
}
_HOME = {name: f"dmm.{module}" for module, names in _PUBLIC.items() for name in names}

__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605  (a list, only not a literal one)


def __getattr__(name: str) -> Any:
    """The public name, loaded from the module that defines it."""
    if name == "__version__":
        value = _version()
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'dmm' has no public name {name!r}")
    globals()[name] = value
    return value


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dmm")
    except PackageNotFoundError:  # run from the source folder, without installation
        return "0+unknown"


def __dir__() -> list[str]:
    return __all__
