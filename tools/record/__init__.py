"""Records of real runs: what each thread of the programs did, and with which bytes.

- `instrument` starts a program and tells what its threads do, from outside.
- `stage` plays a scenario: it starts the programs, and drives those who use them.
- `scenarios` are the stories that are played.
- `normal` gives things names that are the same at each run; `compare` tells whether
  two runs did the same; `files` reads and writes the records; `command` is the command.
"""
