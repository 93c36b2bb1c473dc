"""Makes a process that runs already what `python PROGRAM ARGUMENT…` would be.

It knows nothing of the suite: it runs in the process of a program under test.
"""

import builtins
import os
import sys
import types
from importlib.machinery import SourceFileLoader

#: Files whose frames are not the program's business.
_OURS = [__file__]


def become(argv, ours):
    """Make `argv` the program; gives its code and its namespace, to be executed.

    `ours` is the file that will execute it: its frame is not shown in a traceback.
    """
    sys.argv = argv
    path = argv[0]
    sys.path[0] = os.path.dirname(path)
    _OURS.append(ours)
    sys.excepthook = _show
    program = types.ModuleType("__main__")
    program.__dict__.update(
        __annotations__={},
        __builtins__=builtins,
        __cached__=None,
        __file__=path,
        __loader__=SourceFileLoader("__main__", path),
    )
    sys.modules["__main__"] = program
    with open(path, "rb") as source:
        return compile(source.read(), path, "exec", dont_inherit=True), vars(program)


def _show(kind, error, trace):
    """Show an exception as Python would, without our own frames."""
    while trace and trace.tb_frame.f_code.co_filename in _OURS:
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)
