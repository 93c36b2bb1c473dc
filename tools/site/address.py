"""Where a step's section is to be read: said wherever a step is spoken of."""

import functools
import tomllib

from tools.catalogue import ROOT, Catalogue
from tools.language import current

#: Where the pages lie in a hand-out.
IN_HANDOUT = "web"

#: Where they may lie beside the suite: in a hand-out, in a checkout.
FOLDERS = (IN_HANDOUT, "build/site")


def of_step(catalogue: Catalogue, step: str) -> str:
    """The address of a step's section, in the language that the course speaks.

    It is on the site, when pyproject.toml says where that is (`project.urls`, `Site`);
    else in the folder where the pages lie; else just the page's name.
    """
    page = catalogue.groups[catalogue.steps[step].group].page
    language = "" if current() == "ca" else f"{current()}/"
    return f"{_site()}{language}{page}.html#{step}"


@functools.cache
def _site() -> str:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    site = settings["project"].get("urls", {}).get("Site")
    if site:
        return site.rstrip("/") + "/"
    for folder in FOLDERS:
        if (ROOT / folder / "index.html").exists():
            return f"{folder}/"
    return ""
