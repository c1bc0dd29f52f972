"""Reads papers on any number of machines: Apache Spark hands Arrow batches of JSON Lines to the Python module.

    spark-submit examples/spark_papergraph.py 'hdfs:///papers/*.jsonl' hdfs:///extracted
    kg build --extracted extracted/part-*

It writes what examples/spark_extract.py writes, without a process of its own for each partition: papergraph is imported by
Spark's Python workers. Every machine needs the wheel of papergraph, of the same version as the program that builds the graph, and
pyarrow and pandas (Spark asks for both). A worker uses one core, unless another number is set.
"""

import argparse
import json
import os
from collections.abc import Iterator

import pyarrow
from pyspark.sql import SparkSession


def extract(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    import papergraph

    for batch in batches:
        lines = (line for line in batch.column("value").to_pylist() if line.strip())
        records = [json.dumps(record, ensure_ascii=False) for record in papergraph.extract_batch(lines)]
        yield pyarrow.RecordBatch.from_pydict({"value": records})


def main():
    parser = argparse.ArgumentParser(description="Extract from papers with papergraph on Apache Spark")
    parser.add_argument("input", help="JSON Lines of papers: a file, a folder or a pattern")
    parser.add_argument("output", help="folder to write; it must not be there yet")
    parser.add_argument("--partitions", type=int, help="parts of the input [default: Spark's choice]")
    parser.add_argument("--threads", type=int, default=1, help="threads of each worker")
    arguments = parser.parse_args()

    # Processes on other machines get it from Spark; processes on this machine inherit it.
    os.environ["RAYON_NUM_THREADS"] = str(arguments.threads)
    builder = SparkSession.builder.appName("papergraph").config("spark.executorEnv.RAYON_NUM_THREADS", str(arguments.threads))
    session = builder.getOrCreate()
    papers = session.read.text(arguments.input)
    if arguments.partitions:
        papers = papers.repartition(arguments.partitions)
    papers.mapInArrow(extract, "value string").write.text(arguments.output)
    session.stop()


if __name__ == "__main__":
    main()
