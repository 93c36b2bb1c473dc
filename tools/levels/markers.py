"""Checks the master's markers against the catalogue, and finds the logging."""

import ast
from collections.abc import Iterable, Mapping

from tools.catalogue import Catalogue
from tools.levels.reading import (
    Comment,
    Program,
    SourceError,
    Statement,
    comments,
    read,
    walk,
)

LOG = "log"


def check(sources: Mapping[str, str], catalogue: Catalogue) -> list[SourceError]:
    """Everything that is wrong with the master's markers, with its file and line."""
    problems: list[SourceError] = []
    found: dict[str, list[tuple[str, Comment]]] = {}
    for file, text in sources.items():
        try:
            program = read(file, text)
        except SourceError as error:
            problems.append(error)
            continue
        problems += program.problems
        for comment in comments(program.block):
            if not comment.step:
                continue
            if comment.step in catalogue.steps:
                found.setdefault(comment.step, []).append((file, comment))
            else:
                problems.append(
                    SourceError(
                        file,
                        comment.first,
                        f"{comment.step}: is no step of the catalogue",
                    )
                )
        try:
            logging_calls(program, catalogue)
        except SourceError as error:
            problems.append(error)
    for step in catalogue.steps.values():
        places = found.get(step.id)
        if places:
            problems += _check_sentence(step.id, step.sentence["ca"], places)
        else:
            file = catalogue.file_of(step.id)
            problems.append(
                SourceError(
                    file, 1, f"{step.id}: stands nowhere: «{step.sentence['ca']}»"
                )
            )
    return problems


def _check_sentence(
    step: str, sentence: str, places: list[tuple[str, Comment]]
) -> Iterable[SourceError]:
    """Of a step's comments exactly one has the catalogue's sentence."""
    with_it = [place for place in places if place[1].text == " ".join(sentence.split())]
    if not with_it:
        file, comment = places[0]
        others = ", ".join(f"«{other.text}»" for _, other in places)
        yield SourceError(
            file,
            comment.first,
            f"{step}: the catalogue's sentence is «{sentence}», the file has {others}",
        )
    for file, comment in with_it[1:]:
        first_file, first = with_it[0]
        yield SourceError(
            file,
            comment.first,
            f"{step}: the catalogue's sentence is at {first_file}:{first.first} too; "
            "give this comment one of its own",
        )


def logging_calls(program: Program, catalogue: Catalogue) -> dict[int, str]:
    """The logger's calls, by line; the value is the step that makes the logger.

    They go with it, whatever other step they stand under.

    Raises:
        SourceError: a logger is made outside every step of kind log.
    """
    loggers: dict[str, str] = {}
    for statement, owners in walk(program.block):
        name = _made_logger(statement.node)
        if name:
            step = owners[-1] if owners else None
            if not _is_log(step, catalogue):
                raise SourceError(
                    program.file,
                    statement.first,
                    f"{name}: a logger is made under a step of kind {LOG}; head it so",
                )
            loggers[name] = step
    return {
        statement.first: loggers[name]
        for statement, _ in walk(program.block)
        if (name := _called_logger(statement)) in loggers
    }


def _is_log(step: str | None, catalogue: Catalogue) -> bool:
    return step in catalogue.steps and catalogue.steps[step].kind == LOG


def _made_logger(node: ast.stmt) -> str | None:
    """The name that `name = logging.getLogger(...)` binds."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id="logging"), attr="getLogger")
            ),
        ):
            return name
    return None


def _called_logger(statement: Statement) -> str | None:
    """The name in `name.method(...)`, a statement on its own."""
    match statement.node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name
    return None
