"""Neuron types for lists, which have their first item under `this` and the list of all others under `rest`."""

from dmm.neurons.base import Range, neuron_type
from dmm.vvalue.lists import REST, THIS, in_front, newest
from dmm.vvalue.steps import present, where


@neuron_type(
    inputs=("item", "list"),
    outputs=("list",),
    memory=("list", "list"),
    ranges={"length": Range(0, whole=True)},
)
def cons(v, *, length=0):
    """list = {this: item, rest: list} if item is not zero, else list

    The newest item comes first. What is remembered at the start is the end of the list. A `length` keeps the newest
    items only, so that the list cannot grow without end, and the machine compiles; 0 keeps all, as far as trees can be
    deep: nearly 200.

    Source: `dmm-cons` of the Clojure implementation, July 2017.
    """
    longer = where(present(v["item"]), in_front(v["item"], v["list"]), v["list"])
    return {"list": newest(longer, int(length)) if length else longer}


@neuron_type(inputs=("list",), outputs=("item",))
def first(v):
    """item = the first item of list, zero of an empty one"""
    return {"item": v["list", THIS]}


@neuron_type(inputs=("list",), outputs=("list",))
def rest(v):
    """list = the input list without its first item"""
    return {"list": v["list", REST]}
