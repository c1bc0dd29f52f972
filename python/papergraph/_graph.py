"""A graph in a folder, and the questions to it."""

from __future__ import annotations

import importlib
import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Union

from . import _core, _program
from ._errors import NameWarning

StrPath = Union[str, "os.PathLike[str]"]
Words = Union[str, Iterable[str]]


def _words(words: Words) -> list[str]:
    return words.split(",") if isinstance(words, str) else list(words)


def _date(day: str | int | None) -> str | None:
    return None if day is None else str(day)


def _with_notes(noted: tuple[str, list[str]]) -> dict[str, Any]:
    answer, notes = noted
    for note in notes:
        warnings.warn(note, NameWarning, stacklevel=3)
    values: dict[str, Any] = json.loads(answer)
    return values


class Table:
    """The rows of a query. Other libraries take them over without a copy, through Arrow's C data interface.

    A column of nothing but integers, numbers or truth values has that type; any other column is text.

    >>> table = graph.query("SELECT ?year (COUNT(?p) AS ?papers) { ?p dcterms:issued ?d } GROUP BY (YEAR(?d) AS ?year) ORDER BY ?year")
    >>> table.column_names
    ['year', 'papers']
    >>> len(table) == len(pyarrow.table(table)) == len(polars.DataFrame(table)) == len(table.to_pandas())
    True
    """

    def __init__(self, core: _core.Table) -> None:
        self._core = core

    @property
    def column_names(self) -> list[str]:
        """The variables of the query, in its order."""
        return self._core.column_names()

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as dictionaries.

        >>> graph.query("SELECT ?name { dataset:coco skos:prefLabel ?name }").to_pylist()
        [{'name': 'COCO'}]
        """
        rows: list[dict[str, Any]] = json.loads(self._core.rows())
        return rows

    def to_pandas(self) -> Any:
        """A DataFrame of pandas; needs pandas and pyarrow."""
        return importlib.import_module("pyarrow").table(self).to_pandas()

    def __len__(self) -> int:
        return len(self._core)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_pylist())

    def __repr__(self) -> str:
        return f"<papergraph.Table {len(self)} rows: {', '.join(self.column_names)}>"

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self._core.__arrow_c_schema__()


class Graph:
    """A graph of papers, in a folder.

    Answers are plain Python values with the fields of ``kg COMMAND --format json``; ``kg schema COMMAND`` prints their JSON Schema. A
    name is an id (``dataset/coco``), a name or alias, the title or arXiv id of a paper, or the address of a repository. A graph
    that is built while the object lives is seen by the next question.

    Args:
        path: The folder, as ``kg --store``. It need not be there before :meth:`build`.
        program: The program ``kg``, whose processes read whole papers (PDF, LaTeX) and evaluate queries, so that a file or a query
            that goes wild does no harm here. It is found where the wheel installed it, or on the ``PATH``. Without it, both are
            done in this process. For whole papers the first program of a process counts.

    >>> graph = papergraph.Graph("kg-store")
    >>> graph
    <papergraph.Graph kg-store>
    """

    def __init__(self, path: StrPath = "kg-store", *, program: StrPath | None = None) -> None:
        self._path = os.fspath(path)
        self._program = _program.find() if program is None else _program.checked(program)
        self._core = _core.Graph(self._path, self._program)

    def __repr__(self) -> str:
        return f"<papergraph.Graph {self._path}>"

    def build(
        self,
        inputs: StrPath | Iterable[StrPath],
        *,
        vocab: StrPath | Iterable[StrPath] = (),
        format: str | None = None,
        base: str | None = None,
        rebuild: bool = False,
        keep_missing: bool = False,
        candidates: bool = False,
        min_confidence: float | None = None,
        strict: bool = False,
    ) -> dict[str, Any]:
        """Reads papers into the graph, as ``kg build`` does; only what has changed is read.

        Args:
            inputs: Files, folders or patterns.
            vocab: Vocabulary files laid over the shipped one.
            format: The format of the inputs, if their content does not tell it (``--from``).
            base: Where the IRIs of a new graph begin.
            rebuild: Read everything again and make the graph from nothing.
            keep_missing: Keep what files said that are no longer in a folder.
            candidates: Also link names that no vocabulary has, guessed from other papers.
            min_confidence: Leave out links and results that are less sure, 0 to 1.
            strict: Stop at the first record that cannot be read.

        Returns:
            Counts (``papers``, ``added``, ``changed``, ``removed``, ``skipped`` …), and ``problems`` with what could not be read.

        An interrupt (Ctrl-C) takes effect when the build has ended.

        >>> report = graph.build("papers.jsonl")
        >>> report["papers"], report["skipped"]
        (228, 0)
        """
        if self._program is not None:
            _core.isolate(self._program)
        paths = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
        overlays = [vocab] if isinstance(vocab, (str, os.PathLike)) else list(vocab)
        report: dict[str, Any] = json.loads(
            _core.build(
                self._path, paths, overlays, format, base, rebuild, keep_missing, candidates, min_confidence, strict
            )
        )
        return report

    def neighbors(
        self,
        name: str,
        *,
        kind: Words = (),
        relation: Words = (),
        since: str | int | None = None,
        until: str | int | None = None,
        live_only: bool = False,
        depth: int = 1,
        limit: int | None = None,
        evidence: bool = False,
    ) -> dict[str, Any]:
        """What is tied to a node, in groups, the most relevant first (``kg neighbors``).

        Args:
            name: The node.
            kind: Only these kinds: ``"paper"``, ``"dataset,model"`` or ``["dataset", "model"]``.
            relation: Only these relations: ``"evaluates-on"``.
            since: Only papers from this day on: ``"2024"``, ``"2024-07"`` or ``"2024-07-10"``.
            until: Only papers up to this day.
            live_only: Only papers whose code is not known to be dead.
            depth: Steps to go from the node, 1 to 4.
            limit: Rows of each group; ``None`` or 0 for all.
            evidence: Quote the sentence behind each row.

        >>> found = graph.neighbors("COCO", relation="introduces", limit=1)
        >>> found["groups"][0]["rows"][0]["name"]
        'Microsoft COCO: Common Objects in Context'
        """
        return _with_notes(
            self._core.neighbors(
                name,
                depth,
                _words(kind),
                _words(relation),
                _date(since),
                _date(until),
                live_only,
                limit or None,
                evidence,
            )
        )

    def show(self, name: str, *, limit: int | None = None) -> dict[str, Any]:
        """Everything about one node, with sentences as evidence (``kg show``). ``limit`` bounds the rows of each group.

        >>> graph.show("FlashAttention", limit=1)["id"]
        'method/flashattention'
        """
        return _with_notes(self._core.show(name, limit or None))

    def search(self, words: str, *, kind: Words = (), limit: int | None = 20) -> dict[str, Any]:
        """Names, even misspelt, and papers by the words of title and abstract (``kg search``).

        >>> graph.search("flashatention", limit=1)["hits"][0]["id"]
        'method/flashattention'
        """
        return _with_notes(self._core.search(words, _words(kind), limit or None))

    def leaderboard(
        self,
        dataset: str | None = None,
        *,
        task: str | None = None,
        metric: str | None = None,
        variant: str | None = None,
        own: bool = False,
        runnable: bool = False,
        since: str | int | None = None,
        until: str | int | None = None,
    ) -> dict[str, Any]:
        """Results that papers and sources state on a dataset, in boards (``kg leaderboard``). Without a dataset, all
        boards, each with its best row.

        Args:
            dataset: The dataset.
            task: Only results of this task, and those without a stated task on datasets that are made for it.
            metric: Only results in this metric.
            variant: Only boards whose variant (split, languages, shots …) has these words.
            own: Only what papers say of their own systems.
            runnable: Only rows whose code is official and was alive at the last check.
            since, until: Only results of papers of this time.

        >>> board = graph.leaderboard("ImageNet")["boards"][0]
        >>> len(board["rows"]) > 0
        True
        """
        return _with_notes(self._core.leaderboard(dataset, task, metric, variant, own, runnable, _date(since), _date(until)))

    def query(
        self,
        query: str,
        parameters: Mapping[str, object] | None = None,
        *,
        limit: int | None = None,
        timeout: float | None = 60,
        memory_mb: int = 4096,
        short: bool = False,
    ) -> Table | bool:
        """Asks a question in SPARQL. The prefixes of ``kg query`` are declared.

        Args:
            query: SPARQL 1.1, or the name of a shipped query (``kg query --list``).
            parameters: Values of the parameters that the query declares. They become terms, never a part of its text.
            limit: Rows; ``None`` or 0 for all.
            timeout: Seconds; ``None`` or 0 for no limit.
            memory_mb: Memory of the evaluation.
            short: Write ``dataset:coco`` for an IRI.

        Returns:
            A :class:`Table`; the answer to an ASK as a bool.

        >>> graph.query("papers-using", {"dataset": "COCO", "since": 2023}, limit=2).to_pandas().shape[0]
        2
        >>> graph.query("ASK { ?paper kg:usesDataset dataset:coco }")
        True
        """
        values = [(name, str(value)) for name, value in (parameters or {}).items()]
        found = self._core.query(query, values, limit or None, timeout, memory_mb, short)
        return Table(found) if isinstance(found, _core.Table) else found
