"""What a reader can run at each step, and what comes of it: with the step, without it.

`docs/data/sessions/GROUP.toml` has what is typed; `play` types it, at programs derived
from the master; `command` keeps what was seen in `GROUP.json` beside it.
"""
