"""`kg extract` and the Python module under Apache Spark in local mode, with several workers, against one process over the same
papers.

    python spark.py KG PAPERS.jsonl WORK
"""

import glob
import json
import os
import shutil
import stat
import subprocess
import sys

import tables


def one_process(kg, papers):
    with open(papers, "rb") as lines:
        return subprocess.run([kg, "--quiet", "extract", "--each", "-"], stdin=lines, capture_output=True, check=True).stdout


def on_spark(script, arguments, papers, output, partitions):
    shutil.rmtree(output, ignore_errors=True)
    # Two workers at a time; a partition may fail three times.
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [os.path.join(os.path.dirname(sys.executable), "spark-submit"), "--master", "local[2,4]",
               "--conf", "spark.ui.enabled=false", "--conf", "spark.driver.bindAddress=127.0.0.1",
               script, *arguments, "--partitions", str(partitions), papers, output]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"spark-submit failed:\n{done.stderr[-4000:]}")
    parts = sorted(glob.glob(os.path.join(output, "part-*")))
    assert len(parts) >= 2, parts
    return b"".join(open(part, "rb").read() for part in parts)


def reads_parquet(kg, work):
    """The bundled example's tables, and what SPARQL answers, which exports.py has written down."""
    from pyspark.sql import SparkSession

    place = os.path.join(work, "spark-parquet")
    subprocess.run([kg, "--quiet", "export", "parquet", "-o", place, "--force"], check=True)
    expected = json.loads(open(os.path.join(work, "tables.json"), encoding="utf-8").read())
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false") \
        .config("spark.ui.showConsoleProgress", "false").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    for name in tables.NAMES:
        session.read.parquet(os.path.join(place, f"{name}.parquet")).createOrReplaceTempView(name)
    found = tables.answer(session.sql(tables.QUESTION).collect())
    session.stop()
    assert found == expected, found
    print("ok   Spark: SQL over Parquet answers as SPARQL does")


def main(kg, papers, work):
    kg = os.path.abspath(kg)
    examples = os.path.join(os.path.dirname(__file__), "..", "..", "examples")
    script, module = (os.path.join(examples, name) for name in ("spark_extract.py", "spark_papergraph.py"))
    expected = one_process(kg, papers)
    assert len(expected.splitlines()) > 100, "too few papers to tell anything"

    def equal(found, what):
        # The line of a paper counts from the beginning of what its process read.
        place = lambda line: {**json.loads(line), "sources": None}
        key = lambda record: json.dumps(record, sort_keys=True)
        assert sorted(map(key, map(place, expected.splitlines()))) == sorted(map(key, map(place, found.splitlines()))), what
        print(f"ok   Spark: {what}")

    equal(on_spark(script, ["--kg", kg], papers, os.path.join(work, "spark-plain"), 4), "several workers print what one process prints")

    equal(on_spark(module, [], papers, os.path.join(work, "spark-module"), 4), "mapInArrow with the module gives what the filter prints")

    # The first worker that gets here kills itself in the middle of its output; Spark runs its partition again.
    killer = os.path.join(work, "kg-that-dies-once")
    mark = os.path.join(work, "died")
    if os.path.exists(mark):
        os.remove(mark)
    with open(killer, "w") as out:
        out.write(f"""#!/usr/bin/env bash
if mkdir "{mark}.lock" 2>/dev/null; then
  touch "{mark}"
  "{kg}" "$@" | head -c 20000
  kill -9 $$
fi
exec "{kg}" "$@"
""")
    shutil.rmtree(mark + ".lock", ignore_errors=True)
    os.chmod(killer, os.stat(killer).st_mode | stat.S_IXUSR)
    found = on_spark(script, ["--kg", killer], papers, os.path.join(work, "spark-killed"), 4)
    assert os.path.exists(mark), "no worker was killed"
    equal(found, "the partition of a worker that was killed is done again")
    reads_parquet(kg, work)


if __name__ == "__main__":
    main(*sys.argv[1:])
