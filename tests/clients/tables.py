"""Questions to the Parquet export, in SQL that DuckDB, DataFusion and Spark all speak."""

NAMES = ("nodes", "edges", "mentions")

# Which datasets most papers evaluate on, and in how many places those papers name them. `relations` is a list.
QUESTION = """
SELECT n.label, count(DISTINCT e.source) AS papers, count(*) AS places
FROM edges e
JOIN nodes n ON n.id = e.target
JOIN mentions m ON m.paper = e.source AND m.entity = e.target
WHERE array_contains(e.relations, 'evaluates-on')
GROUP BY n.label
ORDER BY papers DESC, n.label
LIMIT 10
"""

# The same in SPARQL.
SPARQL = """
SELECT ?label (COUNT(DISTINCT ?paper) AS ?papers) (COUNT(*) AS ?places) {
  ?paper kg:evaluatesOn ?dataset . ?dataset rdfs:label ?label .
  ?mention a kg:Mention ; kg:inPaper ?paper ; kg:entity ?dataset
} GROUP BY ?label ORDER BY DESC(?papers) ?label LIMIT 10
"""


def answer(rows):
    return [[str(label), int(papers), int(places)] for label, papers, places in rows]
