"""The records as files: one event a line, so that a change can be read."""

import json
import pathlib

from tools.catalogue import ROOT

from .normal import Record

RECORDS = ROOT / "docs" / "data" / "records"


def path_of(scenario: str) -> pathlib.Path:
    """Where the record of a scenario is."""
    return RECORDS / f"{scenario}.json"


def load(scenario: str) -> Record:
    """Read the record of a scenario.

    Raises:
        FileNotFoundError: nobody has recorded it.
    """
    data = json.loads(path_of(scenario).read_text(encoding="utf-8"))
    return Record(**data)


def save(record: Record) -> None:
    """Write a record to its file."""
    path = path_of(record.scenario)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(record), encoding="utf-8", newline="\n")


def _text(record: Record) -> str:
    events = ",\n".join(f"    {_json(event)}" for event in record.events)
    return (
        "{\n"
        f'  "scenario": {_json(record.scenario)},\n'
        f'  "waiting": {_json(record.waiting)},\n'
        f'  "events": [\n{events}\n  ],\n'
        f'  "waiting_after": {_json(record.waiting_after)}\n'
        "}\n"
    )


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False)
