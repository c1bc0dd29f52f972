"""The Python module from its wheel: docstrings, the command's own answers, Arrow in other libraries, errors, the notebook.

    tests/clients/module.py KG ROOT WORK

Run by a Python that has the wheel, pandas, polars, pyarrow, nbclient, matplotlib and mypy.
"""
import csv
import doctest
import io
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import threading
import warnings

import nbclient
import nbformat
import pandas
import papergraph
import papergraph._extract
import papergraph._graph
import polars
import pyarrow
from common import finish, kg, ok, root, run, work

here = work / "module"
shutil.rmtree(here, ignore_errors=True)
here.mkdir()
shutil.copy(root / "examples/papers.jsonl", here)
os.chdir(here)
warnings.simplefilter("ignore", papergraph.NameWarning)

# The examples of the docstrings, on a graph that the first of them could have built.
graph = papergraph.Graph("kg-store")
graph.build("papers.jsonl")
names = {"papergraph": papergraph, "graph": graph, "pyarrow": pyarrow, "polars": polars}
for module in (papergraph._extract, papergraph._graph):
    found = doctest.testmod(module, extraglobs=names)
    assert found.failed == 0 and found.attempted >= 4, found
    ok(f"module: {found.attempted} examples in docstrings of {module.__name__} run")


def printed(*arguments):
    return json.loads(run("--quiet", "--store", "kg-store", *arguments, "--format", "json"))


# An answer is what the command prints as JSON.
assert graph.neighbors("COCO", evidence=True) == printed("neighbors", "COCO", "--evidence")
assert graph.neighbors("COCO", kind="dataset,model", depth=2, limit=3) == printed(
    "neighbors", "COCO", "--kind", "dataset,model", "--depth", "2", "--limit", "3")
assert graph.neighbors("2205.14135", kind=["dataset"], since=2020) == printed(
    "neighbors", "2205.14135", "--kind", "dataset", "--since", "2020")
assert graph.show("FlashAttention") == printed("show", "FlashAttention")
assert graph.search("flashatention") == printed("search", "flashatention")
assert graph.leaderboard() == printed("leaderboard")
assert graph.leaderboard("ImageNet", own=True, since="2020") == printed("leaderboard", "ImageNet", "--own", "--since", "2020")
ok("module: answers are what the command prints as JSON")

# Extraction is that of the filter, from pairs, mappings and lines, in order.
lines = [line for line in (here / "papers.jsonl").read_text().splitlines() if line]
papers = [json.loads(line) for line in lines]
expected = [json.loads(line) for line in run("--quiet", "extract", "--each", "papers.jsonl").splitlines()]
without_place = lambda records: [{**record, "sources": None} for record in records]
assert without_place(papergraph.extract_batch(lines)) == without_place(expected)
assert without_place(papergraph.extract_batch(papers)) == without_place(expected)
pairs = list(papergraph.extract_batch((paper["title"], paper["abstract"]) for paper in papers))
texts = [{"title": paper["title"], "abstract": paper["abstract"]} for paper in papers]
assert without_place(pairs) == without_place(papergraph.extract_batch(texts))
assert pairs[0] == papergraph.extract(papers[0]["title"], papers[0]["abstract"])
ok("module: extraction is that of `kg extract --each`")

# An iterable is read as its results are needed.
endless = ({"title": f"Paper {n}", "abstract": "We test on COCO."} for n in iter(int, 1))
batch = papergraph.extract_batch(endless)
assert next(batch)["mentions"][0]["name"] == "COCO"
batch.close()
ok("module: an endless iterable is fine")

# While a batch is read, other threads of Python run.
counted, done = [0], threading.Event()


def count():
    while not done.is_set():
        counted[0] += 1


counter = threading.Thread(target=count)
counter.start()
core = papergraph.Extractor()._core
before = counted[0]
core.extract_many([line for line in lines for _ in range(4)], 0)
after = counted[0]
done.set()
counter.join()
assert after - before > 1000, (before, after)
ok("module: a batch releases the interpreter's lock")


# A forked process has none of the threads of its parent, and starts its own.
def in_child(line):
    return [record["id"] for record in papergraph.extract_batch([line, line])]


with multiprocessing.get_context("fork").Pool(2) as children:
    assert children.map_async(in_child, lines[:4]).get(timeout=120) == [[record["id"]] * 2 for record in expected[:4]]
ok("module: forked processes extract too")

# A query is a table of Arrow with types, the same in each library, with the values of the command's CSV.
query = """SELECT ?paper ?title (COUNT(?e) AS ?names) (AVG(?c) AS ?sure) (BOUND(?d) AS ?dated) ?venue {
  ?paper a kg:Paper ; dcterms:title ?title ; kg:mentions ?e . BIND (0.5 AS ?c)
  OPTIONAL { ?paper dcterms:issued ?d } OPTIONAL { ?paper kg:venue ?venue } } GROUP BY ?paper ?title ?d ?venue ORDER BY ?paper"""
table = graph.query(query)
rows = table.to_pylist()
csv_rows = list(csv.DictReader(io.StringIO(run("--store", "kg-store", "query", "--format", "csv", "-e", query))))
assert [row["title"] for row in rows] == [row["title"] for row in csv_rows] and len(rows) > 100
assert [str(row["names"]) for row in rows] == [row["names"] for row in csv_rows]
arrow = pyarrow.table(table)
assert [str(field.type) for field in arrow.schema] == ["string", "string", "int64", "double", "bool", "string"], arrow.schema
assert pyarrow.schema(table) == arrow.schema
assert arrow.to_pylist() == rows == polars.DataFrame(table).to_dicts()
assert arrow["venue"].null_count == len(rows) and arrow["names"].null_count == 0
frame = table.to_pandas()
assert list(frame.columns) == table.column_names and int(frame["names"].sum()) == sum(row["names"] for row in rows)
if hasattr(pandas.DataFrame, "from_arrow"):
    assert pandas.DataFrame.from_arrow(table).shape == frame.shape
# The buffers that pyarrow sees twice are the same memory.
again = pyarrow.table(table)
address = lambda taken: taken["names"].chunk(0).buffers()[1].address
assert address(again) == address(arrow)
ok("module: pyarrow, pandas and polars take a query's table over without a copy")
assert graph.query("SELECT ?x { FILTER (false) }").to_pylist() == []
assert graph.query("ASK {}") is True
assert graph.query("DESCRIBE dataset:coco", short=True).to_pylist()[0]["subject"] == "dataset:coco"
assert len(graph.query("papers-using", {"dataset": "COCO"}, limit=3)) == 3
alone = papergraph.Graph("kg-store")
alone._core = papergraph._core.Graph("kg-store", None)
assert alone.query(query).to_pylist() == rows
ok("module: every form of query, with and without processes of kg")


def fails(exception, call, *said):
    try:
        call()
    except exception as error:
        assert isinstance(error, papergraph.Error) and all(words in str(error) for words in said), error
        return error
    raise AssertionError(f"no {exception.__name__}")


error = fails(papergraph.NotFoundError, lambda: graph.show("coc"), "nothing in the graph is called", "did you mean")
assert "dataset/coco" in error.suggestions
fails(LookupError, lambda: graph.leaderboard("nothing of this name"), "no dataset called")
fails(papergraph.GraphError, lambda: papergraph.Graph("nowhere").show("COCO"), "nowhere")
fails(papergraph.QueryError, lambda: graph.query("SELECT"), "line 1")
fails(papergraph.QueryError, lambda: graph.query("no-such-query"))
endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
fails(papergraph.QueryError, lambda: graph.query(endless, timeout=0.5))
fails(papergraph.ArgumentError, lambda: graph.neighbors("COCO", depth=9), "depth is 9")
fails(ValueError, lambda: graph.neighbors("COCO", kind="colour"), "colour")
fails(ValueError, lambda: graph.neighbors("COCO", since="soon"), "soon")
fails(ValueError, lambda: graph.neighbors("COCO", since=2024, until=2020), "2024 is after 2020")
fails(ValueError, lambda: papergraph.Extractor(min_confidence=2))
fails(papergraph.ArgumentError, lambda: papergraph.Graph("kg-store", program=sys.executable), "is not kg")
fails(papergraph.InputError, lambda: papergraph.extract(" "), "no title")
fails(papergraph.InputError, lambda: list(papergraph.extract_batch([("A", "b"), {"abstract": "x"}])), "paper 1")
fails(papergraph.InputError, lambda: graph.build("missing.jsonl"), "missing.jsonl")
(here / "wrong.toml").write_text("[[dataset]]\nnam = 1\n")
fails(papergraph.InputError, lambda: papergraph.Extractor("wrong.toml"), "wrong.toml:")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    (here / "two.jsonl").write_text("".join(
        json.dumps({"title": title, "abstract": abstract}) + "\n"
        for title, abstract in [("FOOBAR: a new dataset of roads", "We present FOOBAR, a dataset of roads."),
                                ("A", "We evaluate on COCO."), ("Foobar, a method", "We propose Foobar, a method for graphs.")]))
    two = papergraph.Graph("two")
    two.build("two.jsonl")
    try:
        two.show("foobar")
    except papergraph.AmbiguousNameError as error:
        assert len(error.suggestions) == 2
    assert all(issubclass(warning.category, papergraph.NameWarning) for warning in caught), caught
ok("module: errors are exceptions that say what to do")

# No panic, whatever comes: each call gives an answer or an Error.
chance = random.Random(7)
letters = "aA0 /:?{}\"'\\\n\0\u202e\U0001f600é%()"
for _ in range(200):
    text = "".join(chance.choice(letters) for _ in range(chance.randrange(30)))
    call = chance.choice([graph.show, graph.search, graph.neighbors, graph.leaderboard, graph.query,
                          papergraph.extract, lambda text: list(papergraph.extract_batch([text]))])
    try:
        call(text)
    except papergraph.Error:
        pass
ok("module: 200 hostile calls give answers or exceptions")

# Processes of kg read whole papers; only the file that cannot be read is lost.
(here / "pdfs").mkdir()
for pdf in (root / "examples/notebook/pdfs").iterdir():
    shutil.copy(pdf, here / "pdfs")
(here / "pdfs/damaged.pdf").write_bytes(b"%PDF-1.5\n%%EOF\n")
whole = papergraph.Graph("whole")
report = whole.build("pdfs")
assert report["papers"] == 2 and report["skipped"] == 1 and "damaged.pdf" in report["problems"][0], report
assert whole.build("pdfs")["added"] == 0
ok("module: a folder of PDFs is built, and what cannot be read is reported")

# The notebook, from a library to a chart.
book = nbformat.read(root / "examples/notebook/library.ipynb", as_version=4)
assert not any(cell.get("outputs") for cell in book.cells), "the notebook is kept without outputs"
nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(root / "examples/notebook")}}).execute()
outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
assert any("image/png" in output.get("data", {}) for output in outputs), "the notebook draws no chart"
ok("module: the notebook runs from .bib and PDFs to a chart")

# The types hold for the package itself and for a caller.
(here / "caller.py").write_text("""import papergraph

graph = papergraph.Graph("kg-store")
rows: int = len(graph.neighbors("COCO", kind=["dataset"], since=2020)["groups"])
table: papergraph.Table | bool = graph.query("papers-using", {"dataset": "COCO"})
for record in papergraph.extract_batch([("title", "abstract"), {"title": "title"}, "{}"]):
    title: str = record["title"]
""")
(here / "wrong_caller.py").write_text('import papergraph\n\npapergraph.Graph("kg-store").show(7)\n')
check = lambda *what: subprocess.run([sys.executable, "-m", "mypy", "--strict", *what], capture_output=True, text=True)
checked = check("-p", "papergraph")
assert checked.returncode == 0, checked.stdout
checked = check("caller.py")
assert checked.returncode == 0, checked.stdout
assert check("wrong_caller.py").returncode == 1
ok("module: types of the package and of a caller hold under mypy --strict")

finish("module.passed")
