"""The exceptions of papergraph. All of them are :class:`Error`."""

from __future__ import annotations

from collections.abc import Sequence


class Error(Exception):
    """Something went wrong. ``help`` says what to do, ``suggestions`` has ids of nodes that may be meant."""

    help: str | None
    suggestions: list[str]

    def __init__(self, message: str, help: str | None = None, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.help = help
        self.suggestions = list(suggestions)

    def __str__(self) -> str:
        lines = [super().__str__()]
        if self.help:
            lines.append(self.help)
        if self.suggestions:
            lines.append("did you mean " + ", ".join(self.suggestions) + "?")
        return "\n".join(lines)


class ArgumentError(Error, ValueError):
    """An argument has a value that it cannot have."""


class GraphError(Error):
    """There is no graph in the folder, it is damaged, or another build is writing it."""


class InputError(Error):
    """A paper, an input or a vocabulary cannot be read."""


class NotFoundError(Error, LookupError):
    """Nothing in the graph has this name; ``suggestions`` has the nearest ids."""


class AmbiguousNameError(Error, LookupError):
    """The name can mean several nodes; ``suggestions`` has their ids."""


class QueryError(Error):
    """A query is not SPARQL, has wrong parameters, or reached a limit."""


class NameWarning(UserWarning):
    """A name was read as one node but can mean others too."""
