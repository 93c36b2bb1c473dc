"""What the tests are made of: the cast, the transcript, the report, the verdict.

- `process` starts a program under test and talks to it; `people` are those who use it
  (a server, its participants, a client, a made-up server); `driver` works `Connexio`.
- `scene` keeps what was done; `disappointment` is what a test raises when the program
  does not keep the contract; `explain` says what that usually means.
- `subject` is the program that is judged, and what is expected of it; `ledger` gathers
  the results; `report` shows them to a person, `verdict` writes them for a program.
"""
