"""The lines of a program that a step is about, with just enough around them to read."""

import functools
from collections.abc import Iterator

from .reading import (
    Block,
    Branch,
    Comment,
    Program,
    Statement,
    comments,
    read,
)

#: Stands for lines that are left out.
GAP = "# …"


def of_step(file: str, text: str, step: str) -> str:
    """What `step` is in a program, as Python text; empty where it is not there.

    The headers of what is around it (class, function, loop, `try`) are kept; what other
    steps do in between is `# …`.
    """
    program, owners = _read(file, text)
    own = {line for line, owner in owners.items() if owner == step}
    if not own:
        return ""
    return _shown(program, own | set(_headers(program.block, own)))


@functools.cache
def _read(file: str, text: str) -> tuple[Program, dict[int, str]]:
    """A program, and who owns its lines: many steps are asked of it."""
    program = read(file, text)
    return program, _owners(program)


def _owners(program: Program) -> dict[int, str]:
    """For each line that a step owns, the innermost one that does."""
    owners: dict[int, str] = {}

    def own(step: str | None, first: int, last: int) -> None:
        if step:
            owners.update(dict.fromkeys(range(first, last + 1), step))

    def take(block: Block) -> None:
        for paragraph in block.paragraphs:
            if paragraph.owner:
                last = paragraph.items[-1].last if paragraph.items else 0
                first = paragraph.owner.first
                own(paragraph.owner.step, first, max(last, paragraph.owner.last))
            for item in paragraph.items:
                if isinstance(item, Comment):
                    own(item.step, item.first, item.last)
                    continue
                for branch in item.branches:
                    if branch.owner:
                        first, last = branch.owner.first, _last_line(branch)
                        own(branch.owner.step, first, last)
                    for comment in branch.above:
                        own(comment.step, comment.first, comment.last)
                    take(branch.body)

    take(program.block)
    # In a skeleton a step's comment owns nothing, and may stand anywhere.
    for comment in comments(program.block):
        own(comment.step, comment.first, comment.last)
    return owners


def _headers(block: Block, own: set[int]) -> Iterator[int]:
    """The lines of the headers above what is a step's own."""
    for paragraph in block.paragraphs:
        for item in paragraph.items:
            if not isinstance(item, Statement):
                continue
            inside = own & set(range(item.first, item.last + 1))
            if not inside:
                continue
            if item.head:
                yield from range(item.head[0], item.head[1] + 1)
            for branch in item.branches:
                if own & set(range(branch.first, _last_line(branch) + 1)):
                    # An `except` is nothing without its `try`.
                    opening = item.branches[0]
                    yield from range(opening.first, opening.last + 1)
                    yield from range(branch.first, branch.last + 1)
                    yield from _headers(branch.body, own)


def _last_line(branch: Branch) -> int:
    """The last line of a branch's block, comments included."""
    lines = [
        part.last
        for paragraph in branch.body.paragraphs
        for part in (paragraph.owner, *paragraph.items)
        if part
    ]
    return max(lines, default=branch.last)


def _shown(program: Program, kept: set[int]) -> str:
    shown: list[str] = []
    previous = 0
    for line in sorted(kept):
        text = program.lines[line - 1]
        left_out = program.lines[previous : line - 1] if previous else []
        if any(part.strip() for part in left_out):
            if _is_definition(text) and not _is_definition(shown[-1]):
                shown.append("")
            elif not _is_definition(shown[-1]):
                indent = min(_indent(part) for part in left_out if part.strip())
                shown.append(" " * max(indent, _indent(text)) + GAP)
        elif left_out:
            shown.append("")
        shown.append(text)
        previous = line
    return _without_lone_gaps(shown)


def _without_lone_gaps(lines: list[str]) -> str:
    """One gap for several with nothing between them."""
    kept: list[str] = []
    for line in lines:
        if line.strip() == GAP and kept and kept[-1].strip() in ("", GAP):
            while kept and not kept[-1].strip():
                kept.pop()
            if kept and kept[-1].strip() == GAP:
                continue
        elif not line.strip() and kept and kept[-1].strip() == GAP:
            continue
        kept.append(line)
    return "\n".join(kept).strip("\n")


def _is_definition(line: str) -> bool:
    return line.lstrip().startswith(("def ", "class ", "async def "))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
