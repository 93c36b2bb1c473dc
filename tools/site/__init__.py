"""The site: pages put together from prose, programs, catalogue, records, drawings.

`pages` turns a page's directives into Markdown; `snippets`, `sessions` and the rest say
what stands there. MkDocs is only told of it in `hook`.
"""
