"""Sets what is left of a program piece below piece, with the right blank lines."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum, auto
from itertools import takewhile

from tools.levels.reading import Program


class Role(Enum):
    """What a piece is, as far as blank lines and the pieces around it are concerned."""

    CODE = auto()
    DOCSTRING = auto()  # a function's
    OPENER = auto()  # the header of a block
    BRANCH = auto()  # `else:` and the like, which also closes a block
    COMMENT = auto()
    LEFT = auto()  # a step's comment whose code has gone
    FILLER = auto()  # `...` or `pass`, where a body became empty


@dataclass(frozen=True)
class Piece:
    """Lines that stay together, and where they stand in the program they come from."""

    lines: tuple[str, ...]
    first: int
    last: int
    role: Role

    @property
    def indent(self) -> int:
        """The indentation of the first line, as it is now."""
        return len(self.lines[0]) - len(self.lines[0].lstrip(" "))


def lay_out(program: Program, pieces: list[Piece]) -> tuple[list[str], list[int]]:
    """The lines of the derived program, and the line of the master each comes from."""
    lines: list[str] = []
    origins: list[int] = []
    # Is the last thing at the left margin a def or a class?
    after_definition = False
    for index, piece in enumerate(pieces):
        if index:
            blank = _blank_lines(program, pieces, index)
            if blank and piece.indent == 0 and piece.role is not Role.BRANCH:
                if after_definition or _opens_definition(program, pieces, index):
                    blank = 2
                elif piece.role is Role.LEFT or not _neighbours(program, pieces, index):
                    blank = 1
            else:
                blank = min(blank, 1)
            lines += [""] * blank
            origins += [piece.first] * blank
        lines += piece.lines
        origins += [min(piece.first + i, piece.last) for i in range(len(piece.lines))]
        if piece.indent == 0 and piece.role is not Role.BRANCH:
            after_definition = _is_definition(piece)
    return lines, origins


def _blank_lines(program: Program, pieces: list[Piece], index: int) -> int:
    """The blank lines above a piece, before those of definitions are counted."""
    before, piece = pieces[index - 1 : index + 1]
    if before.role in (Role.OPENER, Role.BRANCH) or piece.role is Role.FILLER:
        return 0
    if before.role is Role.DOCSTRING and piece.indent >= before.indent:
        # The first paragraph may have gone: the next one takes its place.
        return program.gaps[_first_below(program, before.last)]
    blank = _blank_lines_in_master(program, before.last, piece.first)
    if not blank and piece.role in (Role.CODE, Role.OPENER):
        # A comment whose code has gone must not seem to head what comes next.
        left = takewhile(lambda it: it.role is Role.LEFT, reversed(pieces[:index]))
        return int(any(comment.indent == piece.indent for comment in left))
    return blank


def _blank_lines_in_master(program: Program, last: int, first: int) -> int:
    """The blank lines between two lines of the master, whatever between them has gone.

    Those inside a block that has gone do not count: a blank line counts if no line
    below it, down to `first`, is less indented than what it stands above.
    """
    found = 0
    least = program.indent(first)
    lines = list(program.gaps)
    for line in reversed(lines[bisect_right(lines, last) : bisect_right(lines, first)]):
        indent = program.indent(line)
        if indent <= least:
            least = indent
            found = max(found, program.gaps[line])
    return found


def _neighbours(program: Program, pieces: list[Piece], index: int) -> bool:
    """Did nothing stand between a piece and the one above it in the master?"""
    return _first_below(program, pieces[index - 1].last) == pieces[index].first


def _first_below(program: Program, line: int) -> int:
    """Where the first statement or comment below a line begins."""
    return next(first for first in program.gaps if first > line)


def _is_definition(piece: Piece) -> bool:
    return piece.role is Role.OPENER and piece.lines[0].startswith(
        ("def ", "class ", "async def ", "@")
    )


def _opens_definition(program: Program, pieces: list[Piece], index: int) -> bool:
    """Is this a definition, or the comments right above one?"""
    while pieces[index].role in (Role.COMMENT, Role.LEFT) and index + 1 < len(pieces):
        index += 1
        if _blank_lines(program, pieces, index):
            return False
    return _is_definition(pieces[index])
