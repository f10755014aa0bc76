"""Neuron types that count ticks: delay lines, pulses, what counts up or down; `timer` and `delay` are linear."""

from itertools import pairwise

from dmm.neurons.base import Range, neuron_type
from dmm.vvalue.operations import relu
from dmm.vvalue.steps import less_or_equal, present, where


@neuron_type(
    inputs=("value", "line"),
    outputs=("value", "line"),
    memory=("line", "line"),
    late=("value",),
    ranges={"steps": Range(1, whole=True)},
)
def delay_line(v, *, steps=2):
    """value = value as it was `steps` ticks ago, where line remembers those in between

    As many neurons of type `delay` in a row, in both timings: the link into it takes the first of these ticks.
    """
    places = [str(place) for place in range(1, int(steps))]
    if not places:
        return {"value": v["value"]}
    line = {place: v["line", before] for before, place in pairwise(places)}
    return {"value": v["line", places[-1]], "line": v.join({places[0]: v["value"], **line})}


@neuron_type(
    inputs=("ticks",), outputs=("pulse", "ticks"), memory=("ticks", "ticks"), ranges={"period": Range(1, whole=True)}
)
def pulse(v, *, period=2):
    """pulse = 1 once in `period` ticks, else 0, where ticks counts them"""
    ticks = v["ticks"].scalar + 1
    over = less_or_equal(period, ticks)
    return {"pulse": over, "ticks": where(over, 0, ticks)}


@neuron_type(inputs=("start", "left"), outputs=("left",), memory=("left", "left"))
def countdown(v):
    """left = start if that is positive, else one less than left was, down to 0; of the scalars"""
    start = v["start"].scalar
    return {"left": where(less_or_equal(start, 0), relu(v["left"].scalar - 1), start)}


@neuron_type(inputs=("event", "ticks"), outputs=("ticks",), memory=("ticks", "ticks"))
def since(v):
    """ticks = 1 when event is not zero, one more in every tick after that, 0 before the first"""
    ticks = v["ticks"].scalar
    begun = 1 - less_or_equal(ticks, 0)
    return {"ticks": where(present(v["event"]), 1, ticks + begun)}
