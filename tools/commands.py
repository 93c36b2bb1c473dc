"""The command line: which command does what, and where it may run.

A command is a module with `add_arguments(parser)` and `run(args) -> int` (the exit
status). It is imported only when it is asked for, in the environment that it needs.
"""

import argparse
import importlib
import sys

from . import environment, language
from .language import tr


class Command:
    """One command: its name, its module, what it needs, what it is for."""

    def __init__(self, name: str, module: str, needs: str | None, help: str):
        self.name = name
        self.module = module
        self.needs = needs
        self.help = help


#: `needs` names the requirements file that its environment has; `None`: nothing.
COMMANDS = (
    Command(
        "start",
        "tools.start",
        environment.STUDENT,
        "begin the course, or go on: shows the next step of your chat",
    ),
    Command(
        "hint",
        "tools.hint",
        environment.STUDENT,
        "a hint for a step, or for the next one; one more each time",
    ),
    Command("show", "tools.show", None, "a step's solution, for instructors"),
    Command(
        "handout",
        "tools.handout",
        None,
        "make what a student gets: a folder, or a zip file",
    ),
    Command(
        "matrix",
        "tools.matrix",
        environment.COURSE,
        "take each step out of `full`, and see which steps fail",
    ),
    Command(
        "collisions",
        "tools.collisions",
        environment.COURSE,
        "take out the locks, and see how often the suite notices",
    ),
    Command(
        "test",
        "tools.test",
        environment.COURSE,
        "all the tests: of the programs, and of the course itself",
    ),
    Command("chat", "tools.chat", None, "open a chat, to see what it is about"),
    Command(
        "levels",
        "tools.levels.command",
        environment.COURSE,
        "derive the levels from the master",
    ),
    Command(
        "record",
        "tools.record.command",
        environment.COURSE,
        "record what the threads of the programs do, for the drawings",
    ),
    Command(
        "site",
        "tools.site.command",
        environment.COURSE,
        "build the course's site, serve it, or pack it",
    ),
    Command(
        "sessions",
        "tools.sessions.command",
        environment.COURSE,
        "play what the pages show to run, and keep what comes of it",
    ),
)


def main(argv: list[str] | None = None) -> int:
    """Run the command that `argv` (or the command line) asks for; its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show a letter must not stop the course.
        stream.reconfigure(encoding="utf-8", errors="replace")
    command = _chosen(argv)
    try:
        if command and command.needs and not environment.is_inside(command.needs):
            return environment.run_inside(command.needs, ["-m", "tools", *argv])
        args = _parser(command).parse_args(argv)
        language.use(getattr(args, "lang", "ca"))
        return importlib.import_module(command.module).run(args)
    except environment.SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(tr("Interromput.", "Interrupted."), file=sys.stderr)
        return 130


def _chosen(argv: list[str]) -> Command | None:
    """The command that is asked for; `None` when none is, or only help."""
    if not argv or {"-h", "--help"} & set(argv):
        return None
    here = filter(_is_here, COMMANDS)
    return next((command for command in here if command.name == argv[0]), None)


def _is_here(command: Command) -> bool:
    """Whether this checkout has the command; a hand-out has a student's alone."""
    path = environment.ROOT.joinpath(*command.module.split("."))
    return path.with_suffix(".py").exists()


def _parser(chosen: Command | None) -> argparse.ArgumentParser:
    """A parser of all the commands; only the chosen one's arguments need its module."""
    parser = argparse.ArgumentParser(prog="python3 -m tools")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in filter(_is_here, COMMANDS):
        subparser = commands.add_parser(
            command.name, help=command.help, description=command.help
        )
        asked_for_help = chosen is None and command.needs != environment.COURSE
        if command is chosen or asked_for_help:
            importlib.import_module(command.module).add_arguments(subparser)
    return parser
