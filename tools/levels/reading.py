"""Reads a program into blocks, paragraphs, statements and branches, with their lines.

The text itself is never rebuilt: everything here is a range of its lines, so that what
stays in a derived program stays as it was written. Lines count from 1, and a range has
its first and its last.
"""

import ast
import io
import re
import tokenize
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

MARKER = re.compile(r"# ([A-Z]\d+)\. ")
# What was meant as a marker and is not: "#P8. ", "# P8: ", "# P8." and nothing else.
BROKEN_MARKER = re.compile(r"#\s*([A-Z]\d+)\s*[.:)](?!\d)")


class SourceError(Exception):
    """Something in a program is wrong; says the file, the line and what."""

    def __init__(self, file: str, line: int, what: str):
        super().__init__(f"{file}:{line}: {what}")
        self.file = file
        self.line = line
        self.what = what


@dataclass(frozen=True)
class Comment:
    """Comment lines that belong together; a step's begin with its marker."""

    first: int
    last: int
    step: str | None
    text: str


@dataclass(frozen=True)
class Branch:
    """A keyword's header, its block, and the comments right above the header."""

    keyword: str
    test: ast.expr | None
    above: tuple[Comment, ...]
    first: int
    last: int
    body: "Block"

    @property
    def owner(self) -> Comment | None:
        """The step's comment that owns the branch."""
        return self.above[-1] if self.above and self.above[-1].step else None


@dataclass(frozen=True)
class Statement:
    """A statement, decorators included; a compound one has branches, `match` a head."""

    first: int
    last: int
    node: ast.stmt
    head: tuple[int, int] | None = None
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """What a step's comment heads, or (without an owner) frame that no step heads."""

    owner: Comment | None
    items: tuple[Comment | Statement, ...]


@dataclass(frozen=True)
class Block:
    """The statements at one indentation."""

    indent: int
    paragraphs: tuple[Paragraph, ...]


@dataclass
class Program:
    """A program that has been read. `problems` are what is wrong with its markers."""

    file: str
    lines: list[str]
    tree: ast.Module
    block: Block
    inside_strings: set[int]
    gaps: dict[int, int]
    problems: list[SourceError] = field(default_factory=list)

    def indent(self, line: int) -> int:
        """The indentation of a line."""
        return _indent(self.lines[line - 1])

    def text(self, first: int, last: int) -> tuple[str, ...]:
        """The lines of a range."""
        return tuple(self.lines[first - 1 : last])


def read(file: str, text: str) -> Program:
    """Read a program; what is wrong with its markers goes to its `problems`.

    Raises:
        SourceError: the text is no Python, or has two statements on one line.
    """
    try:
        tree = ast.parse(text)
        compile(tree, file, "exec")
    except SyntaxError as error:
        raise SourceError(
            file, error.lineno or 1, f"is no Python: {error.msg}"
        ) from error
    return _Reader(file, text, tree).program()


def walk(block: Block) -> Iterator[tuple[Statement, tuple[str, ...]]]:
    """Every statement below a block, with the steps that own it, outermost first."""
    for paragraph in block.paragraphs:
        owners = (paragraph.owner.step,) if paragraph.owner else ()
        for item in paragraph.items:
            if isinstance(item, Statement):
                yield item, owners
                for branch in item.branches:
                    inner = (*owners, branch.owner.step) if branch.owner else owners
                    for statement, more in walk(branch.body):
                        yield statement, (*inner, *more)


def comments(part: Block | Paragraph | Statement) -> Iterator[Comment]:
    """Every comment of a part of a program, in the order of the lines."""
    match part:
        case Block():
            for paragraph in part.paragraphs:
                if paragraph.owner:
                    yield paragraph.owner
                yield from comments(paragraph)
        case Paragraph():
            for item in part.items:
                if isinstance(item, Comment):
                    yield item
                else:
                    yield from comments(item)
        case Statement():
            for branch in part.branches:
                yield from branch.above
                yield from comments(branch.body)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_Part = tuple[str, ast.expr | None, list[ast.stmt]]


class _Reader:
    def __init__(self, file: str, text: str, tree: ast.Module):
        self.file = file
        self.lines = text.split("\n")
        self.tree = tree
        self.problems: list[SourceError] = []
        self.ends: dict[int, int] = {}  # first line of a logical line -> its last one
        self.inside_strings: set[int] = set()
        self._tokens(text)
        self.starts = sorted(self.ends)

    def program(self) -> Program:
        block = self._block(self.tree.body, 1, len(self.lines))
        return Program(
            self.file,
            self.lines,
            self.tree,
            block,
            self.inside_strings,
            self._gaps(),
            sorted(self.problems, key=lambda problem: problem.line),
        )

    def _tokens(self, text: str) -> None:
        start = None
        strings: list[int] = []  # where the f-strings that are open began
        found: list[tokenize.TokenInfo] = []
        quiet = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type]
            if token.type == tokenize.COMMENT:
                found.append(token)
            elif token.type == tokenize.NEWLINE:
                if start is not None:
                    self.ends[start] = token.start[0]
                start = None
            elif token.type not in quiet and start is None:
                start = token.start[0]
            # From Python 3.12 on, an f-string is not one token but several.
            if name == "STRING":
                self.inside_strings.update(range(token.start[0] + 1, token.end[0] + 1))
            elif name.endswith("STRING_START"):
                strings.append(token.start[0])
            elif name.endswith("STRING_END"):
                self.inside_strings.update(range(strings.pop() + 1, token.end[0] + 1))
        self.alone: dict[int, str] = {}  # the comments outside every statement
        covered = {
            line for first, last in self.ends.items() for line in range(first, last + 1)
        }
        for token in found:
            line = token.start[0]
            if line not in covered:
                self.alone[line] = token.string
                self._check_marker(line, token.string)
            elif MARKER.match(token.string):
                self._problem(
                    line,
                    f"{_id(token.string)}: a step's comment goes above a statement",
                )

    def _check_marker(self, line: int, text: str) -> None:
        broken = BROKEN_MARKER.match(text)
        if broken and not MARKER.match(text):
            self._problem(
                line, f"{text!r}: a step's comment begins with '# {broken[1]}. '"
            )

    def _problem(self, line: int, what: str) -> None:
        self.problems.append(SourceError(self.file, line, what))

    def _gaps(self) -> dict[int, int]:
        """How many blank lines are right above each comment or logical line."""
        gaps = {}
        for line in sorted({*self.starts, *self.alone}):
            above = line - 1
            while above and not self.lines[above - 1].strip():
                above -= 1
            gaps[line] = line - 1 - above
        return gaps

    def _block(self, nodes: Sequence[ast.stmt], low: int, high: int) -> Block:
        """The block of these statements and the comments from `low` to `high`."""
        if not nodes:
            return Block(0, tuple(self._paragraphs(self._comments(low, high, 0))))
        indent = nodes[0].col_offset
        items: list[Comment | Statement] = []
        for index, node in enumerate(nodes):
            first = _first(node)
            if node.col_offset != indent:
                raise SourceError(
                    self.file, first, "write each statement on a line of its own"
                )
            following = _first(nodes[index + 1]) - 1 if index + 1 < len(nodes) else high
            last = self._last(node, following)
            items += self._comments(low, first - 1, indent)
            items.append(self._statement(node, first, last))
            low = last + 1
        items += self._comments(low, high, indent)
        return Block(indent, tuple(self._paragraphs(items)))

    def _last(self, node: ast.stmt, limit: int) -> int:
        """The last line of a statement, and of the comments that end its last block."""
        last = self.ends[self.starts[bisect_right(self.starts, node.end_lineno) - 1]]
        if hasattr(node, "body") or isinstance(node, ast.Match):
            for line in range(last + 1, limit + 1):
                if line in self.alone:
                    if _indent(self.lines[line - 1]) <= node.col_offset:
                        break
                    last = line
        return last

    def _comments(self, low: int, high: int, indent: int) -> list[Comment]:
        """The comments in these lines, each with the lines that go on with it."""
        groups: list[list[int]] = []
        for line in range(low, high + 1):
            if line not in self.alone:
                continue
            goes_on = (
                groups
                and groups[-1][-1] == line - 1
                and self._column(line) == self._column(line - 1)
                and not MARKER.match(self.alone[line])
            )
            if goes_on:
                groups[-1].append(line)
            else:
                groups.append([line])
        return [self._comment(group, indent) for group in groups]

    def _comment(self, group: list[int], indent: int) -> Comment:
        opening = self.alone[group[0]]
        step = _id(opening)
        if step:
            opening = opening[MARKER.match(opening).end() :]
            if self._column(group[0]) != indent:
                self._problem(
                    group[0], f"{step}: is not indented as the statements around it"
                )
        texts = [opening, *(self.alone[line].removeprefix("#") for line in group[1:])]
        text = " ".join(text.strip() for text in texts)
        return Comment(group[0], group[-1], step, text)

    def _column(self, line: int) -> int:
        return _indent(self.lines[line - 1])

    def _paragraphs(self, items: list[Comment | Statement]) -> Iterator[Paragraph]:
        index = 0
        while index < len(items):
            item = items[index]
            headed = isinstance(item, Comment) and item.step is not None
            end = index + 1
            while end < len(items) and not (
                isinstance(items[end], Comment) and items[end].step
            ):
                if headed and items[end].first > items[end - 1].last + 1:
                    break
                end += 1
            if not headed:
                yield Paragraph(None, tuple(items[index:end]))
            else:
                owned = items[index + 1 : end]
                if not any(isinstance(part, Statement) for part in owned):
                    self._heads_nothing(item)
                first = owned[0] if owned else None
                if isinstance(first, Statement) and _has_alternatives(first):
                    # The step owns the first alternative alone, as at any other.
                    branch = replace(first.branches[0], above=(item,))
                    statement = replace(
                        first, first=item.first, branches=(branch, *first.branches[1:])
                    )
                    yield Paragraph(None, (statement,))
                    end = index + 2
                else:
                    yield Paragraph(item, tuple(owned))
            index = end

    def _statement(self, node: ast.stmt, first: int, last: int) -> Statement:
        parts = list(self._parts(node))
        if not parts:
            return Statement(first, last, node)
        headers = [self._header(body) for _, _, body in parts]
        head, low = None, first
        if isinstance(node, ast.Match):
            head = (first, self.ends[first])
            low = head[1] + 1
        branches = []
        for index, (keyword, test, body) in enumerate(parts):
            start, end = headers[index]
            above = ()
            if index or head:
                above = tuple(self._comments(low, start - 1, self._column(start)))
                self._check_above(above, start)
            else:
                start = first  # decorators are part of the first header
            high = last
            if index + 1 < len(parts):
                high = self._end_of_body(body, headers[index + 1][0])
            branches.append(
                Branch(
                    keyword, test, above, start, end, self._block(body, end + 1, high)
                )
            )
            low = high + 1
        return Statement(first, last, node, head, tuple(branches))

    def _parts(self, node: ast.stmt) -> Iterator[_Part]:
        """The keyword, the test (of an `if`) and the body of each branch."""
        match node:
            case ast.If():
                yield "if", node.test, node.body
                while self._is_elif(node.orelse):
                    node = node.orelse[0]
                    yield "elif", node.test, node.body
                if node.orelse:
                    yield "else", None, node.orelse
            case ast.Try() | ast.TryStar():
                yield "try", None, node.body
                for handler in node.handlers:
                    yield "except", None, handler.body
                if node.orelse:
                    yield "else", None, node.orelse
                if node.finalbody:
                    yield "finally", None, node.finalbody
            case ast.For() | ast.AsyncFor() | ast.While():
                yield "loop", None, node.body
                if node.orelse:
                    yield "else", None, node.orelse
            case ast.With() | ast.AsyncWith():
                yield "with", None, node.body
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield "def", None, node.body
            case ast.Match():
                for case in node.cases:
                    yield "case", None, case.body

    def _is_elif(self, orelse: list[ast.stmt]) -> bool:
        return (
            len(orelse) == 1
            and isinstance(orelse[0], ast.If)
            and self.lines[orelse[0].lineno - 1].lstrip().startswith("elif")
        )

    def _header(self, body: list[ast.stmt]) -> tuple[int, int]:
        """The logical line right before a body (the tree does not know of `else:`)."""
        first = _first(body[0])
        if self.lines[first - 1][: body[0].col_offset].strip():
            raise SourceError(self.file, first, "write the body on lines of its own")
        start = self.starts[bisect_left(self.starts, first) - 1]
        return start, self.ends[start]

    def _end_of_body(self, body: list[ast.stmt], header: int) -> int:
        """The last line before the comments above the next branch's header."""
        last = self.ends[self.starts[bisect_left(self.starts, header) - 1]]
        for line in range(last + 1, header):
            if line in self.alone and self._column(line) <= self._column(header):
                return line - 1
        return header - 1

    def _check_above(self, above: tuple[Comment, ...], header: int) -> None:
        """Of the comments above a branch, only the one that touches it heads it."""
        below = [*(comment.first for comment in above[1:]), header]
        for comment, line in zip(above, below, strict=False):
            if comment.step and (comment is not above[-1] or line != comment.last + 1):
                self._heads_nothing(comment)

    def _heads_nothing(self, comment: Comment) -> None:
        self._problem(
            comment.first, f"{comment.step}: heads nothing; write its code below"
        )


def _first(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return decorators[0].lineno if decorators else node.lineno


def _id(comment: str) -> str | None:
    match = MARKER.match(comment)
    return match[1] if match else None


def _has_alternatives(statement: Statement) -> bool:
    return isinstance(statement.node, ast.If) and len(statement.branches) > 1
