"""`chat`: a server to play with, for those who want to see it first."""

import argparse
import signal
import subprocess
import sys

from .catalogue import ROOT, load_levels
from .language import LANGUAGES, tr

HOST = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "--level", choices=list(load_levels()), default="full", help="which one (full)"
    )
    parser.add_argument("--port", type=int, default=8888, help="where (8888)")
    parser.add_argument("--lang", choices=LANGUAGES, default="ca")


def run(args: argparse.Namespace) -> int:
    """Say how to join, and run the server until it ends; its exit status."""
    folder = ROOT / "variants" / args.level
    client = f"python {folder / 'client.py'} {HOST} {args.port}"
    print(
        tr(
            f"""\
Per entrar al xat, en un altre terminal:

    {client} Anna

o bé, sense el client:

    nc {HOST} {args.port}

Aquí, «ajuda» diu què s'hi pot escriure, i «finalitza» acaba el xat.
""",
            f"""\
To join the chat, in another terminal:

    {client} Anna

or, without the client:

    nc {HOST} {args.port}

Here, «ajuda» tells what can be typed, and «finalitza» ends the chat.
""",
        ),
        flush=True,
    )
    # Ctrl-C is for the server, which ends the chat in its own way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = subprocess.Popen(
        [sys.executable, str(folder / "servidor.py"), HOST, str(args.port)],
    )
    return server.wait()
