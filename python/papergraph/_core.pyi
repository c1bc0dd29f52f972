import os
from collections.abc import Sequence

_Path = str | os.PathLike[str]
_Noted = tuple[str, list[str]]

__version__: str

def isolate(program: _Path) -> None: ...
def build(
    store: _Path,
    inputs: Sequence[_Path],
    vocab: Sequence[_Path],
    format: str | None,
    base: str | None,
    rebuild: bool,
    keep_missing: bool,
    candidates: bool,
    min_confidence: float | None,
    strict: bool,
) -> str: ...

class Extractor:
    def __new__(cls, vocab: Sequence[_Path], min_confidence: float | None) -> Extractor: ...
    def extract(self, title: str, abstract: str) -> str: ...
    def extract_many(self, papers: Sequence[tuple[str, str] | str], first: int) -> str: ...

class Graph:
    def __new__(cls, path: _Path, program: _Path | None) -> Graph: ...
    def neighbors(
        self,
        name: str,
        depth: int,
        kind: Sequence[str],
        relation: Sequence[str],
        since: str | None,
        until: str | None,
        live_only: bool,
        limit: int | None,
        evidence: bool,
    ) -> _Noted: ...
    def show(self, name: str, limit: int | None) -> _Noted: ...
    def search(self, words: str, kind: Sequence[str], limit: int | None) -> _Noted: ...
    def leaderboard(
        self,
        dataset: str | None,
        task: str | None,
        metric: str | None,
        variant: str | None,
        own: bool,
        runnable: bool,
        since: str | None,
        until: str | None,
    ) -> _Noted: ...
    def query(
        self,
        query: str,
        parameters: Sequence[tuple[str, str]],
        limit: int | None,
        timeout: float | None,
        memory_mb: int,
        short: bool,
    ) -> bool | Table: ...

class Table:
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def __len__(self) -> int: ...
    def column_names(self) -> list[str]: ...
    def rows(self) -> str: ...
