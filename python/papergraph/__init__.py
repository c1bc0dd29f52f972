"""A knowledge graph of machine-learning papers, from text you have.

:func:`extract` and :func:`extract_batch` read what papers name, without any graph. :class:`Graph` builds a graph in a folder and
answers questions from it. Both do what the program ``kg`` does, and return the fields that it prints as JSON.
"""

from ._core import __version__
from ._errors import (
    AmbiguousNameError,
    ArgumentError,
    Error,
    GraphError,
    InputError,
    NameWarning,
    NotFoundError,
    QueryError,
)
from ._extract import Extractor, extract, extract_batch
from ._graph import Graph, Table

__all__ = [
    "AmbiguousNameError",
    "ArgumentError",
    "Error",
    "Extractor",
    "Graph",
    "GraphError",
    "InputError",
    "NameWarning",
    "NotFoundError",
    "QueryError",
    "Table",
    "__version__",
    "extract",
    "extract_batch",
]
