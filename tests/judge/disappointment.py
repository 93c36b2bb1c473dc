"""What a test raises when a program does not do what the contract promises."""

import dataclasses


class Came:
    """What came instead of what was expected. `kind` is the key of its explanation."""

    kind = "other"

    def describe(self) -> str:
        """One line for the transcript, in the reader's language."""
        raise NotImplementedError


@dataclasses.dataclass
class Other(Came):
    """Something else, told in words."""

    text: str
    kind: str = "other"

    def describe(self) -> str:
        return self.text


class Disappointment(Exception):
    """The program did not do what the contract promises.

    `expected` and `came` go into the transcript; `means` is what this usually means
    when the test knows better than the general explanation of `came.kind`.
    """

    def __init__(self, expected: str, came: Came, means: str | None = None):
        super().__init__(expected)
        self.expected = expected
        self.came = came
        self.means = means


class NotReached(Exception):
    """The test could not come to its point: the step `needed` does not work yet.

    `message` is the rendered transcript of what went wrong on the way.
    """

    def __init__(self, needed: str, message: str):
        super().__init__(needed)
        self.needed = needed
        self.message = message


class NotTried(Exception):
    """The test was left out: its step, or an earlier stop, has failed already."""
