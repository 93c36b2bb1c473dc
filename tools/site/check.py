"""Checks the built site: what can be seen without a browser, then in one.

Links and anchors, the same pages and sections in both languages, a section for each
step, nothing that is asked of somebody else, no heavy page; then `browser/check.mjs`.
"""

import html.parser
import os
import pathlib
import shutil
import subprocess
import urllib.parse

from tools.catalogue import load_catalogue

#: A page without the theme's own files (bytes).
HEAVIEST = 300_000

BROWSER_CHECK = pathlib.Path(__file__).with_name("browser")
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)

#: What a page loads by itself, and where its address stands.
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src"}
_LINKS_THAT_LOAD = {"stylesheet", "icon", "preload", "preconnect"}


class CheckError(Exception):
    """The site cannot be checked; the message says what is missing."""


class _Page(html.parser.HTMLParser):
    """A page's ids, links, sections, and what it loads."""

    def __init__(self, path: pathlib.Path):
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.sections: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if name := found.get("id"):
            self.ids.add(name)
            if tag in ("h2", "h3"):
                self.sections.append(name)
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if address := found.get(_LOADED.get(tag, "")):
            self.loaded.append(address)
        if tag == "link" and found.get("rel") in _LINKS_THAT_LOAD:
            self.loaded.append(found["href"])


def check(site: pathlib.Path) -> list[str]:
    """What is wrong with the built site, as far as its files tell."""
    pages = {path.relative_to(site): _Page(path) for path in site.rglob("*.html")}
    problems = []
    for path, page in pages.items():
        size = (site / path).stat().st_size
        if size > HEAVIEST:
            problems.append(f"{path}: {size} bytes; at most {HEAVIEST}")
        problems += [f"{path}: loads {a}" for a in page.loaded if _is_foreign(a)]
        problems += [
            f"{path}: {link} leads nowhere"
            for link in page.links
            if not _leads_somewhere(path, link, pages, site)
        ]
    problems += _differences_between_languages(pages)
    problems += _steps_without_section(pages)
    return problems


def check_in_browser(site: pathlib.Path) -> list[str]:
    """What is wrong with it in a browser; see `browser/check.mjs`.

    Raises:
        CheckError: there is no browser, no Node.js, or no network to install with.
    """
    browser = os.environ.get("CHROME") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    for what, found in (("Chromium", browser), ("npm", shutil.which("npm"))):
        if not found:
            raise CheckError(
                f"{what} is missing. On Debian: sudo apt install chromium npm"
            )
    if not (BROWSER_CHECK / "node_modules").exists():
        install = subprocess.run(
            [shutil.which("npm"), "ci", "--no-audit", "--no-fund"],
            cwd=BROWSER_CHECK,
            capture_output=True,
            text=True,
        )
        if install.returncode:
            raise CheckError(f"npm could not install the check:\n{install.stderr}")
    looked = subprocess.run(
        ["node", str(BROWSER_CHECK / "check.mjs"), str(site), browser],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    *problems, summary = looked.stdout.strip().splitlines() or ["it says nothing"]
    if looked.returncode and not problems:
        raise CheckError(summary)
    print(summary)
    return problems


def _is_foreign(address: str) -> bool:
    return bool(urllib.parse.urlsplit(address).netloc)


def _leads_somewhere(path, link, pages, site) -> bool:
    parts = urllib.parse.urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = path
    if parts.path:
        place = os.path.normpath(path.parent / urllib.parse.unquote(parts.path))
        target = pathlib.Path(place)
        if (site / target).is_dir():
            target /= "index.html"
    if target not in pages:
        return (site / target).exists()
    anchor = urllib.parse.unquote(parts.fragment)
    return not anchor or anchor.startswith("__") or anchor in pages[target].ids


def _differences_between_languages(pages) -> list[str]:
    catalan, english = {}, {}
    for path, page in pages.items():
        if path.parts[0] == "en":
            english[path.relative_to("en")] = page
        else:
            catalan[path] = page
    alone = catalan.keys() ^ english.keys()
    problems = [f"{path}: is in one language" for path in sorted(alone)]
    for path in catalan.keys() & english.keys():
        ours, theirs = catalan[path].sections, english[path].sections
        if ours != theirs:
            odd = sorted(set(ours) ^ set(theirs)) or ["their order"]
            problems.append(f"{path}: the sections differ: {', '.join(odd)}")
    return problems


def _steps_without_section(pages) -> list[str]:
    catalogue = load_catalogue()
    problems = []
    for step in catalogue.steps.values():
        page = catalogue.groups[step.group].page
        for path in (pathlib.Path(f"{page}.html"), pathlib.Path("en", f"{page}.html")):
            if path not in pages or step.id not in pages[path].ids:
                problems.append(f"{path}: has no section {step.id}")
    return problems
