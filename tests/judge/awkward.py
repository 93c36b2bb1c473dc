"""Has a program's threads switch awkwardly: a program of its own, or begun in a fork.

    python awkward.py SEED PROGRAM ARGUMENT…

Races are rare on an idle machine: a thread mostly does its few lines undisturbed. Here
the interpreter changes threads as often as it can (`sys.setswitchinterval`), and a
thread may be held for a moment at any line of the program's own files: before a
socket's call, between a look at the list and a change of it. Where, is drawn from the
seed; which thread comes then, the system decides. The same seed does not make the same
run, but it makes one as awkward.
"""

import random
import sys
import threading
import time

#: One line in so many, a thread is held.
ONE_IN = 25
#: Seconds that it is held at most: a few lines' time, far from any time-out.
LONGEST = 0.001

#: The least that Python takes (seconds).
SWITCH = 1e-6


def begin(seed, folder):
    """Be awkward from now on, in the programs of `folder`."""
    chance = random.Random(seed)
    sys.setswitchinterval(SWITCH)

    def on_line(frame, event, argument):
        if event == "line" and chance.random() * ONE_IN < 1:
            time.sleep(chance.random() * LONGEST)
        return on_line

    def on_call(frame, event, argument):
        return on_line if frame.f_code.co_filename.startswith(folder) else None

    threading.settrace(on_call)
    sys.settrace(on_call)


if __name__ == "__main__":
    import os

    from becoming import become

    _seed, _program, *_arguments = sys.argv[1:]
    _asked = become([_program, *_arguments], __file__)
    begin(int(_seed), os.path.dirname(_program))
    exec(*_asked)
