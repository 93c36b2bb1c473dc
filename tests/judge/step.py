"""The mark of a test: the step that it is about."""

import pytest


def step(step_id: str):
    """Mark a test as one of this step's: `@step("P8")`."""
    return pytest.mark.step(step_id)
