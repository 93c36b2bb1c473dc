"""Accents folded in the site's search: «socol» finds «sòcols»."""

import pathlib

#: Runs in the search's worker, after lunr (https://lunrjs.com, 2.3.9), which it has
#: made a global: what is indexed and what is asked for both lose their accents.
_FOLD = """
;(() => {
  const fold = text => text.normalize("NFD").replace(/\\p{M}/gu, "").toLowerCase()
  const run = lunr.Pipeline.prototype.run
  lunr.Pipeline.prototype.run = function (tokens) {
    return run.call(this, tokens.map(token => token.update(fold)))
  }
  const clause = lunr.Query.prototype.clause
  lunr.Query.prototype.clause = function (wanted) {
    return clause.call(this, { ...wanted, term: fold(wanted.term) })
  }
})()
"""


def fold_accents(site: pathlib.Path) -> None:
    """Add the folding to the worker of a site that has been built.

    Raises:
        FileNotFoundError: the theme has no such worker any more.
    """
    workers = list(site.glob("assets/javascripts/workers/search.*.js"))
    if not workers:
        raise FileNotFoundError(f"{site}: the theme has no search worker to add to")
    for worker in workers:
        text = worker.read_text(encoding="utf-8")
        # Its map would be of another text.
        text = text.partition("//# sourceMappingURL=")[0]
        worker.write_text(text + _FOLD, encoding="utf-8")
