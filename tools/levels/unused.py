"""Finds what nothing uses any more once something else has gone from the programs."""

import ast
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.levels.reading import Program, Statement, comments


@dataclass
class Unused:
    """What to take out of one program, by the line of the master where it begins.

    `values` are assignments of a call's result that nobody looks at any more: the call
    itself stays. `definitions` are the frame's own constants and functions.
    """

    imports: set[tuple[int, str]] = field(default_factory=set)
    errors: set[int] = field(default_factory=set)
    values: set[int] = field(default_factory=set)
    definitions: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        parts = (self.imports, self.errors, self.values, self.definitions)
        return sum(len(part) for part in parts)

    def add(
        self, tree: ast.Module, origins: list[int], used_in_master: frozenset[str]
    ) -> None:
        """Add what nothing uses in a derived program, whose lines come from `origins`.

        What not even the master uses has a reason of its own, and stays.
        """
        gone = used_in_master - used_names(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Import() | ast.ImportFrom():
                    for alias in node.names:
                        if bound_name(alias) in gone:
                            self.imports.add(
                                (origins[node.lineno - 1], bound_name(alias))
                            )
                case ast.ExceptHandler(name=str(name)):
                    if not any(
                        name in used_names(statement) for statement in node.body
                    ):
                        self.errors.add(origins[node.lineno - 1])
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._add_values(node, origins, used_in_master)

    def _add_values(
        self,
        function: ast.FunctionDef | ast.AsyncFunctionDef,
        origins: list[int],
        used_in_master: frozenset[str],
    ) -> None:
        used = used_names(function)
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call()):
                    if name in used_in_master - used:
                        self.values.add(origins[node.lineno - 1])


def add_definitions(
    unused: Mapping[str, Unused],
    programs: Mapping[str, Program],
    trees: Mapping[str, ast.Module],
) -> None:
    """Add the frame's constants and functions that no program uses any more.

    `programs` are the master's, `trees` the derived ones; both by file name. A
    definition that is a step's, or has one inside, is no affair of this.
    """
    used_in_master = _used_anywhere(program.tree for program in programs.values())
    gone = used_in_master - _used_anywhere(trees.values())
    for file, program in programs.items():
        for paragraph in program.block.paragraphs:
            if paragraph.owner is None:
                for item in paragraph.items:
                    if isinstance(item, Statement) and _defined_name(item) in gone:
                        unused[file].definitions.add(item.first)


def _defined_name(statement: Statement) -> str | None:
    """The name of a function, or of a constant, that has no step inside."""
    if any(comment.step for comment in comments(statement)):
        return None
    match statement.node:
        case ast.FunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) if name.isupper():
            return name
    return None


def _used_anywhere(trees) -> set[str]:
    """The names that some program reads, or takes from another."""
    used = set()
    for tree in trees:
        used |= used_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                used |= {alias.name for alias in node.names}
    return used


@functools.lru_cache(maxsize=1024)
def used_names(tree: ast.AST) -> frozenset[str]:
    """Every name that the code below a node reads; the node changes no more."""
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def bound_name(alias: ast.alias) -> str:
    """The name that an import binds: `import a.b` binds `a`."""
    return alias.asname or alias.name.partition(".")[0]
