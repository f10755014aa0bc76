"""The table of tasks: a new task is one file and one row here."""

from types import MappingProxyType

from dmm.tasks.all_different import ALL_DIFFERENT
from dmm.tasks.brackets import BRACKETS
from dmm.tasks.difference import DIFFERENCE
from dmm.tasks.distinct import DISTINCT
from dmm.tasks.duplicates import DUPLICATES
from dmm.tasks.duplicates_unclipped import DUPLICATES_UNCLIPPED
from dmm.tasks.equal_counts import EQUAL_COUNTS
from dmm.tasks.first import FIRST
from dmm.tasks.histogram import HISTOGRAM
from dmm.tasks.most_frequent import MOST_FREQUENT
from dmm.tasks.running_maximum import RUNNING_MAXIMUM
from dmm.tasks.running_sum import RUNNING_SUM
from dmm.tasks.task import Task
from dmm.tasks.variables import VARIABLES
from dmm.tasks.words import WORDS

_ROWS = (
    DUPLICATES, DUPLICATES_UNCLIPPED, WORDS, DISTINCT, MOST_FREQUENT, RUNNING_SUM, RUNNING_MAXIMUM, DIFFERENCE, FIRST,
    BRACKETS, EQUAL_COUNTS, HISTOGRAM, ALL_DIFFERENT, VARIABLES,
)  # fmt: skip

TASKS: MappingProxyType[str, Task] = MappingProxyType({task.name: task for task in _ROWS})
"""Every task of the library by name."""
