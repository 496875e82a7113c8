"""Stage three, task execution: from an approved proposal to one outcome for every task.

A task starts the moment its inputs exist. One whose argument is deeper than its port runs once for each item. Where an
expert is deterministic, the same work is done once; of a list that was not finished, what there is is kept.
"""

from .execution import Execution, execute_tasks
from .known import Unfinished

__all__ = ["Execution", "Unfinished", "execute_tasks"]
