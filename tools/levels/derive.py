"""Derives a program from the master's. The rules:

1. A step's comment, `# P8. Sentence.`, heads a paragraph: the statements down to the
   next blank line, step's comment or end of the block, compound ones whole. The
   comment lines right below it, without a marker, go on with its sentence.
2. Right above a branch's keyword (`except`, `elif`, `else`, `finally`, `case`, or an
   `if` that has other branches), indented as it is, the comment owns that branch and
   nothing else. Inside a branch it heads a paragraph like any other.
3. Solved: all stays. Comment: the comment stays, what it owns goes; of the steps
   inside, solved or not, only those that are comments keep theirs, each a level inside
   the one above: the skeleton reads as an outline. Absent: all goes, and all inside.
4. A branch that a step has emptied goes, and the comments left in it move out to
   where its keyword was. When an `if` goes, the `elif` below becomes `if`, an `else`
   alone gives its body back; so does a `try` without handlers and `finally`. A
   function of which steps have left no more than a docstring goes. Any other body
   that became empty (of a loop, `with`, `try` or `class`) gets `...`.
5. The calls of the logger, wherever they stand, belong to the step of kind log that
   makes it (`registre = logging.getLogger(...)`). Logging never changes what a
   program does: a branch that it leaves empty stays, with `pass`, when anything
   depends on it.
6. A comment that is no step's goes with the statements right below it. So does a
   solved step's when all of its code has gone, and what nothing uses any more: an
   imported name, an `as error`, the frame's constants and functions (those with no
   step above or inside), the name that a call's result is given (the call stays).
7. Everything else is frame, and stays.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tools.catalogue import Catalogue, Fate
from tools.levels.layout import Piece, Role, lay_out
from tools.levels.markers import LOG, logging_calls
from tools.levels.reading import (
    Block,
    Branch,
    Comment,
    Paragraph,
    Program,
    SourceError,
    Statement,
    comments,
    read,
)
from tools.levels.unused import Unused, add_definitions, bound_name, used_names

LINE_LENGTH = 88
INDENT = 4


def derive(
    sources: Mapping[str, str], catalogue: Catalogue, fates: Mapping[str, Fate]
) -> dict[str, str]:
    """Derive the programs in which each step has the fate that `fates` says.

    `sources` and the result are texts by file name.

    Raises:
        SourceError: a marker in the sources is wrong, or the derived program does not
            compile (then the line is the derived program's).
    """
    programs = {file: read(file, text) for file, text in sources.items()}
    for program in programs.values():
        if program.problems:
            raise program.problems[0]
    unused = {file: Unused() for file in programs}
    while True:
        known = sum(map(len, unused.values()))
        derived, trees = {}, {}
        for file, program in programs.items():
            deriver = _Deriver(program, catalogue, fates, unused[file])
            lines, origins = lay_out(program, deriver.block(program.block).pieces)
            derived[file] = "".join(f"{line}\n" for line in lines)
            trees[file] = _parsed(file, derived[file])
            unused[file].add(trees[file], origins, used_names(program.tree))
        add_definitions(unused, programs, trees)
        if sum(map(len, unused.values())) == known:
            return derived


def _parsed(file: str, text: str) -> ast.Module:
    try:
        tree = ast.parse(text)
        compile(tree, file, "exec")
    except SyntaxError as error:
        raise SourceError(
            file, error.lineno or 1, f"does not compile: {error.msg}"
        ) from error
    return tree


@dataclass
class _Rest:
    """What is left of a part of a program."""

    pieces: list[Piece] = field(default_factory=list)
    alive: bool = False  # is a statement left?
    emptied: bool = False  # has a step, other than of logging, taken something out?

    def add(self, other: "_Rest") -> None:
        self.pieces += other.pieces
        self.alive |= other.alive
        self.emptied |= other.emptied


@dataclass
class _BranchRest:
    """What is left of a branch: all of it, or (when it has gone) only the comments."""

    keyword: str
    kept: bool
    rest: _Rest
    outward: int = 0  # from the body's indentation to the keyword's
    above: list[Piece] = field(default_factory=list)
    header: Piece | None = None


class _Deriver:
    def __init__(
        self,
        program: Program,
        catalogue: Catalogue,
        fates: Mapping[str, Fate],
        unused: Unused,
    ):
        self.program = program
        self.catalogue = catalogue
        self.fates = fates
        self.unused = unused
        self.docstrings = {
            node.body[0].lineno
            for node in ast.walk(program.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        }
        self.silenced = {
            line
            for line, step in logging_calls(program, catalogue).items()
            if self._fate(step, line) is not Fate.SOLVED
        }

    def block(self, block: Block) -> _Rest:
        """What is left of a block."""
        rest = _Rest()
        for paragraph in block.paragraphs:
            rest.add(self._paragraph(paragraph))
        return rest

    def _paragraph(self, paragraph: Paragraph) -> _Rest:
        owner = paragraph.owner
        if owner is None:
            return self._items(paragraph.items)
        if self._fate_of(owner) is not Fate.SOLVED:
            return self._gone(owner, comments(paragraph))
        rest = self._items(paragraph.items)
        if rest.alive:
            rest.pieces.insert(0, self._piece(owner.first, owner.last, Role.COMMENT))
        return rest

    def _items(self, items: tuple[Comment | Statement, ...]) -> _Rest:
        rest = _Rest()
        for index, item in enumerate(items):
            if isinstance(item, Statement):
                rest.add(self._statement(item))
            elif self._still_heads_something(items[index:]):
                rest.pieces.append(self._piece(item.first, item.last, Role.COMMENT))
        return rest

    def _still_heads_something(self, items: tuple[Comment | Statement, ...]) -> bool:
        """Is a statement right below the first item left, if there was any?"""
        last = items[0].last
        headed = []
        for item in items[1:]:
            if isinstance(item, Comment) or item.first != last + 1:
                break
            headed.append(item)
            last = item.last
        return not headed or any(self._statement(item).alive for item in headed)

    def _gone(self, owner: Comment, inside: Iterable[Comment]) -> _Rest:
        """What is left where a step's code goes: the comments that stay."""
        absent = self._fate_of(owner) is Fate.ABSENT
        staying = [] if absent else [owner, *inside]
        pieces = [
            self._piece(comment.first, comment.last, Role.LEFT)
            for comment in staying
            if comment.step and self._fate_of(comment) is Fate.COMMENT
        ]
        kind = self.catalogue.steps[owner.step].kind
        return _Rest(self._outline(pieces), emptied=kind != LOG)

    def _outline(self, pieces: list[Piece]) -> list[Piece]:
        """The comments left of something, each one level inside the one it belongs to.

        In the master some stand deeper, for the code in between that has gone.
        """
        outline: list[Piece] = []
        around: list[tuple[int, int]] = []  # indentation in the master, and here
        for piece in pieces:
            while around and around[-1][0] >= piece.indent:
                around.pop()
            indent = around[-1][1] + INDENT if around else piece.indent
            around.append((piece.indent, indent))
            outline += self._shift([piece], indent - piece.indent)
        return outline

    def _statement(self, statement: Statement) -> _Rest:
        if statement.first in self.unused.definitions:
            return _Rest()
        if not statement.branches:
            return self._simple(statement)
        branches = self._branches(statement)
        if isinstance(statement.node, ast.Try | ast.TryStar):
            rest = self._try(statement, branches)
        elif isinstance(statement.node, ast.If | ast.Match):
            rest = self._alternatives(statement, branches)
        else:
            rest = _Rest()
            for branch in branches:
                rest.add(self._whole(branch))
        rest.emptied |= any(branch.rest.emptied for branch in branches)
        return rest

    def _simple(self, statement: Statement) -> _Rest:
        if statement.first in self.silenced:
            return _Rest()
        role = Role.DOCSTRING if statement.first in self.docstrings else Role.CODE
        piece = self._piece(statement.first, statement.last, role)
        if isinstance(statement.node, ast.Import | ast.ImportFrom):
            return self._import(statement, piece)
        if statement.first in self.unused.values:
            first, *others = piece.lines
            piece = replace(piece, lines=(_without_name(first), *others))
        return _Rest([piece], alive=True)

    def _import(self, statement: Statement, piece: Piece) -> _Rest:
        node = statement.node
        names = [
            alias
            for alias in node.names
            if (statement.first, bound_name(alias)) not in self.unused.imports
        ]
        if len(names) == len(node.names):
            return _Rest([piece], alive=True)
        if not names:
            return _Rest()
        if any("#" in line for line in piece.lines):
            raise SourceError(
                self.program.file,
                statement.first,
                "an import that loses a name has a comment; put it on a line above",
            )
        lines = _import_lines(node, names, piece.indent)
        return _Rest([replace(piece, lines=lines)], alive=True)

    def _branches(self, statement: Statement) -> list[_BranchRest]:
        """What is left of each branch; the last one first, as what follows matters."""
        rests: list[_BranchRest] = []
        followed = False
        for index, branch in reversed(list(enumerate(statement.branches))):
            rest = self._branch(branch, index, followed)
            rests.insert(0, rest)
            followed |= rest.kept
        return rests

    def _branch(self, branch: Branch, index: int, followed: bool) -> _BranchRest:
        """What is left of a branch; is it `followed` by another of the statement?"""
        owner = branch.owner
        if owner and self._fate_of(owner) is not Fate.SOLVED:
            return _BranchRest(
                branch.keyword, False, self._gone(owner, comments(branch.body))
            )
        body = self.block(branch.body)
        outward = branch.body.indent - self.program.indent(branch.first)
        if branch.keyword == "def" and body.emptied and _only_describes(body):
            return _BranchRest(branch.keyword, False, _Rest(emptied=True))
        if not body.alive:
            if self._goes_when_empty(branch, body, followed):
                left = [piece for piece in body.pieces if piece.role is Role.LEFT]
                body.pieces = self._shift(left, -outward)
                return _BranchRest(branch.keyword, False, body)
            body.pieces.append(self._filler(branch.body, body))
        role = Role.BRANCH if index else Role.OPENER
        header = self._piece(branch.first, branch.last, role)
        if branch.first in self.unused.errors:
            header = replace(header, lines=_without_as(header.lines))
        above = [
            self._piece(comment.first, comment.last, Role.COMMENT)
            for comment in branch.above
        ]
        return _BranchRest(branch.keyword, True, body, outward, above, header)

    def _goes_when_empty(self, branch: Branch, body: _Rest, followed: bool) -> bool:
        if branch.keyword in ("loop", "with", "try", "def"):
            return False
        if body.emptied:
            return True
        # Only logging was there: what the program does must not change.
        if branch.keyword in ("else", "finally"):
            return True
        return branch.keyword != "except" and not followed and _only_looks(branch.test)

    def _filler(self, block: Block, body: _Rest) -> Piece:
        to_do = body.emptied or any(piece.role is Role.LEFT for piece in body.pieces)
        text = " " * block.indent + ("..." if to_do else "pass")
        last = block.paragraphs[-1].items[-1].last
        return Piece((text,), last, last, Role.FILLER)

    def _whole(self, branch: _BranchRest) -> _Rest:
        """A branch as it stands, or the comments that are left of it."""
        if not branch.kept:
            return branch.rest
        pieces = [*branch.above, branch.header, *branch.rest.pieces]
        return _Rest(pieces, True, branch.rest.emptied)

    def _alternatives(self, statement: Statement, branches: list[_BranchRest]) -> _Rest:
        """An `if` or a `match`, some of whose branches may have gone."""
        rest = _Rest()
        is_match = statement.head is not None
        if is_match and any(branch.kept for branch in branches):
            rest.pieces.append(self._piece(*statement.head, Role.OPENER))
        for branch in branches:
            if branch.kept and not is_match and not rest.alive:
                if branch.keyword == "else":
                    branch = self._given_back(branch)
                    rest.add(_Rest([*branch.above, *branch.rest.pieces], True))
                    continue
                branch.header = _as_if(branch.header)
            rest.add(self._whole(branch))
        if is_match and not rest.alive:
            indent = self.program.indent(statement.branches[0].first)
            outward = indent - self.program.indent(statement.first)
            rest.pieces = self._shift(rest.pieces, -outward)
        return rest

    def _try(self, statement: Statement, branches: list[_BranchRest]) -> _Rest:
        """A `try`; without handlers its `else` is no more than the end of its body."""
        body, *others = branches
        handlers = any(branch.kept for branch in others if branch.keyword == "except")
        final = any(branch.kept for branch in others if branch.keyword == "finally")
        unit = statement.branches[0].body.indent - self.program.indent(statement.first)
        rest = _Rest()
        if handlers or final:
            rest.add(self._whole(body))
        else:
            rest.add(replace(body.rest, pieces=self._shift(body.rest.pieces, -unit)))
            if not rest.alive:  # no `...` where there is no block any more
                rest.pieces = [p for p in rest.pieces if p.role is not Role.FILLER]
        for branch in others:
            if branch.kept and branch.keyword == "else" and not handlers:
                branch = self._given_back(branch)
                pieces = [*branch.above, *branch.rest.pieces]
                rest.add(_Rest(self._shift(pieces, unit if final else 0), True))
            else:
                rest.add(self._whole(branch))
        return rest

    def _given_back(self, branch: _BranchRest) -> _BranchRest:
        """The branch with its body at the indentation of its header."""
        pieces = self._shift(branch.rest.pieces, -branch.outward)
        return replace(branch, rest=replace(branch.rest, pieces=pieces))

    def _shift(self, pieces: list[Piece], columns: int) -> list[Piece]:
        """The pieces moved right or left, but for what is inside strings."""
        return [
            replace(
                piece,
                lines=tuple(
                    line
                    if index and piece.first + index in self.program.inside_strings
                    else _indented(line, columns)
                    for index, line in enumerate(piece.lines)
                ),
            )
            for piece in pieces
        ]

    def _piece(self, first: int, last: int, role: Role) -> Piece:
        return Piece(self.program.text(first, last), first, last, role)

    def _fate_of(self, comment: Comment) -> Fate:
        return self._fate(comment.step, comment.first)

    def _fate(self, step: str, line: int) -> Fate:
        try:
            return self.fates[step]
        except KeyError:
            raise SourceError(
                self.program.file, line, f"{step}: is no step of the catalogue"
            ) from None


def _only_describes(body: _Rest) -> bool:
    """Is a docstring all that is left of a function?"""
    return all(piece.role is Role.DOCSTRING for piece in body.pieces)


def _only_looks(test: ast.expr | None) -> bool:
    """Can an `if` go without its test being missed? Not if it calls something."""
    return test is None or not any(
        isinstance(part, ast.Call | ast.NamedExpr | ast.Await)
        for part in ast.walk(test)
    )


def _as_if(header: Piece) -> Piece:
    first, *others = header.lines
    first = re.sub(r"^( *)elif\b", r"\1if", first)
    return replace(header, lines=(first, *others), role=Role.OPENER)


def _without_as(lines: tuple[str, ...]) -> tuple[str, ...]:
    return (*lines[:-1], re.sub(r"\s+as\s+\w+(\s*:)", r"\1", lines[-1]))


def _without_name(line: str) -> str:
    """`    name = call()` without its name."""
    return re.sub(r"^(\s*)\w+ = ", r"\1", line)


def _indented(line: str, columns: int) -> str:
    if not line.strip():
        return line
    if columns >= 0:
        return " " * columns + line
    return line[min(-columns, len(line) - len(line.lstrip(" "))) :]


def _import_lines(
    node: ast.Import | ast.ImportFrom, names: list[ast.alias], indent: int
) -> tuple[str, ...]:
    """An import of fewer names, on one line if it fits, else a name a line."""
    margin = " " * indent
    texts = [
        f"{alias.name} as {alias.asname}" if alias.asname else alias.name
        for alias in names
    ]
    if isinstance(node, ast.Import):
        return (f"{margin}import {', '.join(texts)}",)
    start = f"{margin}from {'.' * node.level}{node.module or ''} import "
    line = start + ", ".join(texts)
    if len(line) <= LINE_LENGTH:
        return (line,)
    return (f"{start}(", *(f"{margin}    {text}," for text in texts), f"{margin})")
