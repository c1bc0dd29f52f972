// Rows of queries as Comunica finds them, as JSON: lists of lists of values in the order of the variables.
//   comunica.mjs ENDPOINT QUERIES
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.NODE_MODULES, 'x.js'));
const { QueryEngine } = require('@comunica/query-sparql');

const [endpoint, queries] = process.argv.slice(2);
const engine = new QueryEngine();
const answers = [];
for (const query of JSON.parse(queries)) {
  const result = await engine.query(query, { sources: [{ type: 'sparql', value: endpoint }] });
  const { variables } = await result.metadata();
  const rows = await (await result.execute()).toArray();
  answers.push(rows.map((row) => variables.map((v) => row.get(v.variable ?? v)?.value ?? '')));
}
console.log(JSON.stringify(answers));
