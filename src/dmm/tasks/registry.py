"""The table of tasks: a new task is one file and one row here."""

from types import MappingProxyType

from dmm.tasks.duplicates import DUPLICATES
from dmm.tasks.task import Task

TASKS: MappingProxyType[str, Task] = MappingProxyType({task.name: task for task in (DUPLICATES,)})
"""Every task of the library by name."""
