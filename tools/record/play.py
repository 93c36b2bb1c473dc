"""Play a scenario, and make a record of it."""

from .normal import Record, record
from .scenarios import SCENARIOS
from .stage import Stage


def play(scenario: str) -> Record:
    """Play it once, with the programs of the course; gives the new record.

    Raises:
        RecordError: something that must come did not.
    """
    act, programs = SCENARIOS[scenario]
    with Stage(programs) as stage:
        act(stage)
        return record(scenario, *stage.story(), stage.names)
