"""Builds the site: both languages side by side, put together in one folder."""

import os
import shutil
import subprocess
import sys

from tools.catalogue import ROOT

BUILD = ROOT / "build"
SITE = BUILD / "site"

#: A language's MkDocs settings: the Catalan ones build `SITE`, the others `ENGLISH`.
SETTINGS = (ROOT / "mkdocs.yml", ROOT / "mkdocs.en.yml")
ENGLISH = BUILD / "en"


class BuildError(Exception):
    """MkDocs has found something wrong; the message is what it said."""


def build(with_solutions: bool = False, url: str = "") -> None:
    """Build `build/site`, with the English pages in `en/`.

    `url` is where it will be published, if that is known. Warnings are errors (`strict`
    in mkdocs.yml).

    Raises:
        BuildError: a page is wrong.
    """
    env = os.environ | {"FIL_A_FIL_URL": url, "NO_MKDOCS_2_WARNING": "1"}
    if with_solutions:
        env["FIL_A_FIL_SOLUTIONS"] = "true"
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "build", "-f", str(settings)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for settings in SETTINGS
    ]
    said = [process.communicate()[0] for process in running]
    wrong = [
        text for process, text in zip(running, said, strict=True) if process.returncode
    ]
    if wrong:
        raise BuildError("\n".join(wrong))
    shutil.move(ENGLISH, SITE / "en")
    if not url:
        # Its links begin at the root, and where that is nobody knows.
        for page in (SITE / "404.html", SITE / "en" / "404.html"):
            page.unlink()


def pack() -> str:
    """Put the built site in a zip file, for a USB stick; gives its path."""
    return shutil.make_archive(str(BUILD / "fil-a-fil-web"), "zip", SITE)
