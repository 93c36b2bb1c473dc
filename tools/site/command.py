"""`python3 -m tools site`: build the site, check it, serve it, or pack it."""

import argparse
import logging
import sys

from tools.catalogue import ROOT

from .build import SITE, BuildError, build, pack
from .check import CheckError, check, check_in_browser

#: Where what the pages are made of stands.
WATCHED = ("docs", "variants", "tools", "mkdocs.yml", "mkdocs.en.yml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--serve", action="store_true", help="serve it, with reload")
    parser.add_argument("--port", type=int, default=8000, help="to serve at (8000)")
    parser.add_argument(
        "--check", action="store_true", help="check it, also in a browser"
    )
    parser.add_argument("--zip", action="store_true", help="pack it, for a USB stick")
    parser.add_argument(
        "--with-solutions", action="store_true", help="an instructor's site"
    )
    parser.add_argument("--url", default="", help="where it will be published")


def run(args: argparse.Namespace) -> int:
    """Build; 0, or 1 if a page is wrong."""
    try:
        build(args.with_solutions, args.url)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{SITE.relative_to(ROOT)}/index.html")
    if args.check and (problems := _problems()):
        print("\n".join(problems), file=sys.stderr)
        return 1
    if args.zip:
        print(pack())
    if args.serve:
        _serve(args)
    return 0


def _problems() -> list[str]:
    """What is wrong with the built site; in a browser only once its files are right."""
    try:
        return check(SITE) or check_in_browser(SITE)
    except CheckError as error:
        return [str(error)]


def _serve(args: argparse.Namespace) -> None:
    """Serve the site, and build it again at each save, until Ctrl-C."""
    from mkdocs.livereload import LiveReloadServer

    def again() -> None:
        try:
            build(args.with_solutions, args.url)
        except BuildError as error:
            print(error, file=sys.stderr)

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    server = LiveReloadServer(again, "127.0.0.1", args.port, str(SITE))
    for path in WATCHED:
        server.watch(str(ROOT / path))
    try:
        server.serve()
    finally:
        server.shutdown()
