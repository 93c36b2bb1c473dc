"""The suite: one set of tests over every variant of the chat."""
