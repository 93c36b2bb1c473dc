"""`python3 -m tools site`: build the site, serve it, or pack it."""

import argparse
import logging
import sys

from tools.catalogue import ROOT

from .build import SITE, BuildError, build, pack

#: Where what the pages are made of stands.
WATCHED = ("docs", "variants", "tools", "mkdocs.yml", "mkdocs.en.yml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--serve", action="store_true", help="serve it, with reload")
    parser.add_argument("--port", type=int, default=8000, help="to serve at (8000)")
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
    if args.zip:
        print(pack())
    if args.serve:
        _serve(args)
    return 0


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
