"""`start`: a student's copy of the skeleton, and the next step to do in it."""

import argparse
import pathlib
import shutil
import sys

from . import suite
from .catalogue import ROOT
from .language import LANGUAGES, tr

SKELETON = ROOT / "variants" / "skeleton"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=pathlib.Path,
        default=pathlib.Path("el-meu-xat"),
        help="where your chat is, or will be (el-meu-xat)",
    )
    parser.add_argument("--watch", action="store_true", help="run again at each save")
    parser.add_argument("--lang", choices=LANGUAGES, default="ca")


def run(args: argparse.Namespace) -> int:
    """Copy the skeleton if it is not there yet, and show the next step. 0, or 2."""
    folder = args.folder
    if (folder / "servidor.py").is_file():
        print(tr(f"El teu xat: {folder}", f"Your chat: {folder}"))
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        print(
            tr(
                f"{folder} ja existeix i no hi ha cap servidor.py: tria una altra "
                "carpeta.",
                f"{folder} is there already, without a servidor.py: choose another "
                "folder.",
            ),
            file=sys.stderr,
        )
        return 2
    else:
        shutil.copytree(SKELETON, folder, dirs_exist_ok=True)
        print(
            tr(
                f"El teu xat és a {folder}: obre'l amb l'editor, i ves-hi omplint els "
                "comentaris.",
                f"Your chat is in {folder}: open it in your editor, and fill in the "
                "comments.",
            )
        )
    _show_next(folder, args.lang)
    if args.watch:
        _watch(folder, args.lang)
    return 0


def _show_next(folder: pathlib.Path, lang: str) -> None:
    sys.stdout.flush()
    suite.run(f"--variant={folder.absolute()}", "--until-failure", f"--lang={lang}")


def _watch(folder: pathlib.Path, lang: str) -> None:
    """Run again at each save, until Ctrl-C."""
    import watchfiles

    note = tr(
        "Ho torno a mirar cada vegada que desis un fitxer. Ctrl-C per plegar.",
        "Looking again at each save. Ctrl-C to stop.",
    )
    print(f"\n{note}", flush=True)
    for _ in watchfiles.watch(
        folder, watch_filter=watchfiles.PythonFilter(), raise_interrupt=False
    ):
        _show_next(folder, lang)
        print(f"\n{note}", flush=True)
