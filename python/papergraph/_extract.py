"""What papers name, without a graph."""

from __future__ import annotations

import functools
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, Union

from . import _core

StrPath = Union[str, "os.PathLike[str]"]
Paper = Union["tuple[str, str]", Mapping[str, Any], str]

# Number of papers in a batch, and of batches at a time: while one is converted to Python values, the cores read the
# next ones.
_CHUNK = 256
_AHEAD = 2


class Extractor:
    """Reads papers with a vocabulary of your own.

    Args:
        vocab: Vocabulary files, or folders of them, laid over the shipped vocabulary; the last wins.
        min_confidence: Leaves out links and results that are less sure, 0 to 1 (``--min-confidence`` of ``kg``).

    >>> extractor = papergraph.Extractor(min_confidence=0.9)
    >>> extractor.extract("A study", "We evaluate on COCO.")["mentions"][0]["entity"]
    'dataset/coco'
    """

    def __init__(self, vocab: StrPath | Iterable[StrPath] = (), *, min_confidence: float | None = None) -> None:
        files = [vocab] if isinstance(vocab, (str, os.PathLike)) else list(vocab)
        self._core = _core.Extractor(files, min_confidence)

    def extract(self, title: str, abstract: str = "") -> dict[str, Any]:
        """As :func:`papergraph.extract`, with this vocabulary."""
        record: dict[str, Any] = json.loads(self._core.extract(title, abstract))
        return record

    def extract_batch(self, papers: Iterable[Paper]) -> Iterator[dict[str, Any]]:
        """As :func:`papergraph.extract_batch`, with this vocabulary."""
        papers = iter(papers)
        pending: deque[Future[str]] = deque()
        first = 0
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="papergraph") as pool:
            while True:
                while len(pending) < _AHEAD:
                    chunk = [_given(paper) for paper in islice(papers, _CHUNK)]
                    if not chunk:
                        break
                    pending.append(pool.submit(self._core.extract_many, chunk, first))
                    first += len(chunk)
                if not pending:
                    return
                yield from json.loads(pending.popleft().result())


def _given(paper: Paper) -> tuple[str, str] | str:
    if isinstance(paper, str):
        return paper
    if isinstance(paper, Mapping):
        return json.dumps(dict(paper))
    title, abstract = paper
    return title, abstract


@functools.lru_cache(maxsize=None)
def _shipped() -> Extractor:
    return Extractor()


def extract(title: str, abstract: str = "") -> dict[str, Any]:
    """What a paper names, uses and publishes, found in its title and abstract.

    The result is a record of ``kg extract --each``: ``mentions``, ``introduces``, ``repos``, ``pages``, ``code``, ``hardware`` and
    ``results``. ``kg schema extract`` prints its JSON Schema.

    >>> abstract = "FooNet reaches 81.2 mIoU on Cityscapes. Code: https://github.com/example/foonet"
    >>> record = papergraph.extract("FooNet", abstract)
    >>> record["repos"]
    ['github.com/example/foonet']
    >>> for mention in record["mentions"]:
    ...     if mention["type"] == "dataset":
    ...         print(mention["entity"], mention["relation"], abstract[mention["start"]:mention["end"]])
    dataset/cityscapes evaluates-on Cityscapes
    """
    return _shipped().extract(title, abstract)


def extract_batch(papers: Iterable[Paper]) -> Iterator[dict[str, Any]]:
    """Reads many papers, and yields their records in the same order.

    A paper is a pair ``(title, abstract)``, a mapping with the fields that JSON Lines for ``kg build`` have (``title``, ``abstract``,
    ``authors``, ``date``, ``url`` …), or a line of JSON Lines. All cores work while Python runs, since the interpreter's lock is
    released. The papers are read as they are needed, so that an endless iterable is fine.

    Raises:
        InputError: A paper has no title or cannot be read. The message has its number, from 0.

    >>> papers = [("A", "We train on ImageNet."), {"title": "B", "abstract": "We train on COCO.", "year": 2024}]
    >>> [record["mentions"][0]["name"] for record in papergraph.extract_batch(papers)]
    ['ImageNet', 'COCO']
    """
    return _shipped().extract_batch(papers)
