"""Reads papers on any number of machines: Apache Spark hands the lines of JSON Lines files to `kg extract --each`.

    spark-submit examples/spark_extract.py --kg /usr/local/bin/kg 'hdfs:///papers/*.jsonl' hdfs:///extracted
    kg build --extracted extracted/part-*

Each partition is one process that reads its lines from standard input and prints one extraction a line. A process knows
nothing of the other partitions: what papers introduce for each other is joined by `kg build --extracted`. If a process
or its machine dies, Spark runs the partition again; the output is the same, since a paper's extraction depends on the
paper alone.

`kg` must be at the same path on every machine, and of the same version as the one that builds the graph (its vocabulary
is inside it). One process uses all cores of its machine: give it as many with `spark.task.cpus`, or have it use one with
RAYON_NUM_THREADS=1, as is done here unless it is set already.
"""

import argparse
import os
import shlex

from pyspark.sql import SparkSession


def main():
    parser = argparse.ArgumentParser(description="Extract from papers with kg on Apache Spark")
    parser.add_argument("input", help="JSON Lines of papers: a file, a folder or a pattern")
    parser.add_argument("output", help="folder to write; it must not be there yet")
    parser.add_argument("--kg", default="kg", help="the program, at the same path on every machine")
    parser.add_argument("--partitions", type=int, help="processes in all [default: Spark's choice]")
    parser.add_argument("--threads", type=int, default=1, help="threads of each process")
    arguments = parser.parse_args()

    session = SparkSession.builder.appName("kg extract").getOrCreate()
    papers = session.sparkContext.textFile(arguments.input, arguments.partitions or 2)
    command = f"{shlex.quote(arguments.kg)} --quiet extract --each --from jsonl -"
    environment = {**os.environ, "RAYON_NUM_THREADS": str(arguments.threads)}
    # With checkCode a process that fails fails its partition, which Spark then runs again.
    papers.pipe(command, env=environment, checkCode=True).saveAsTextFile(arguments.output)
    session.stop()


if __name__ == "__main__":
    main()
