"""MkDocs' side of the site: it calls plain functions, and knows nothing itself."""

import pathlib
import sys

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools import language  # noqa: E402 (once it can be found)
from tools.site import pages, search  # noqa: E402
from tools.site.source import Source  # noqa: E402

_source: Source | None = None


def on_config(config):
    """Speak the build's language; read the course once."""
    global _source
    language.use(config.theme["language"])
    _source = Source(bool(config.extra.get("with_solutions")))
    return config


def on_files(files, config):
    """Both languages have the same style and scripts."""
    for path in sorted((ROOT / "docs" / "assets").rglob("*.*")):
        name = path.relative_to(ROOT / "docs").as_posix()
        files.append(File(name, str(ROOT / "docs"), config.site_dir, False))
    return files


def on_page_markdown(markdown, page, config, files):
    """Put in what the page asks for."""
    try:
        return pages.expand(markdown, _source)
    except pages.PageError as error:
        raise PluginError(f"{page.file.src_path}: {error}") from None


def on_post_page(output, page, config):
    """Give the theme's search dialog the name that it lacks."""
    name = language.tr("Cerca", "Search")
    return output.replace('role="dialog"', f'role="dialog" aria-label="{name}"', 1)


def on_post_build(config):
    """Have the search fold accents."""
    search.fold_accents(pathlib.Path(config.site_dir))
