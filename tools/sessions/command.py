"""`python3 -m tools sessions`: play the sessions again, and keep or compare them."""

import argparse
import difflib
import json
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from tools.catalogue import ROOT
from tools.levels.programs import Programs

from .play import PlayError, play
from .script import SESSIONS, Script, ScriptError, load

#: At a time: they mostly wait.
AT_ONCE = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("step", nargs="*", help="only these steps")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if something differs"
    )


def run(args: argparse.Namespace) -> int:
    """Play, and write or compare; 0, or 1 if something is wrong or differs."""
    try:
        scripts = load()
    except ScriptError as error:
        print(error, file=sys.stderr)
        return 1
    # A signal that is ignored here would be ignored in the programs too.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    chosen = [s for s in scripts.values() if not args.step or s.step in args.step]
    programs = Programs()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        played = list(pool.map(lambda script: _played(script, programs), chosen))
    wrong = [outcome for outcome in played if isinstance(outcome, PlayError)]
    for error in wrong:
        print(error, file=sys.stderr)
    if wrong:
        return 1
    records = read()
    new = {s.step: outcome for s, outcome in zip(chosen, played, strict=True)}
    if args.check:
        return _compare({step: records.get(step) for step in new}, new)
    records.update(new)
    for group in sorted({script.step[0] for script in chosen}):
        kept = {s: records[s] for s in scripts if s[0] == group and s in records}
        (SESSIONS / f"{group}.json").write_text(
            _text(kept), encoding="utf-8", newline="\n"
        )
    print(f"{len(new)} sessions written to {SESSIONS.relative_to(ROOT)}")
    return 0


def read() -> dict:
    """What was seen, by step: "with" and "without" it, as `play.play` gives them."""
    records = {}
    for path in sorted(SESSIONS.glob("*.json")):
        records |= json.loads(path.read_text(encoding="utf-8"))
    return records


def _played(script: Script, programs: Programs) -> dict | PlayError:
    try:
        if script.level:
            whole = programs.of_level(script.level)
        else:
            whole = programs.home_of(script.step)
        seen = play(script, whole, strict=True)
    except PlayError as error:
        return error
    missing = programs.without(script.step, at_home=not script.level)
    missed = play(script, missing, strict=False)
    # Through JSON and back: a tuple is a list there.
    return json.loads(json.dumps({"with": seen, "without": missed}))


def _text(records: dict) -> str:
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


def _compare(old: dict, new: dict) -> int:
    if old == new:
        return 0
    print("The sessions are not as recorded; run: python3 -m tools sessions")
    lines = [_text(records).splitlines(keepends=True) for records in (old, new)]
    sys.stdout.writelines(difflib.unified_diff(*lines, "committed", "now"))
    return 1
