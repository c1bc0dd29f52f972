// A person in a browser: opens the start page, searches, follows a paper, asks, walks from a task over a board to code, with
// and without JavaScript; and axe-core over every kind of page, light, dark and narrow. Prints a line for each thing done.
//   browser.mjs START_PAGE FOLDER_FOR_PICTURES
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.NODE_MODULES, 'x.js'));
const { chromium } = require('playwright-core');

const [start, pictures] = process.argv.slice(2);
// Every kind of page.
const pages = ['', 'leaderboards', 'leaderboards?by=dataset', 'papers', 'papers?of=COCO', 'dataset/coco', 'task/object-detection',
  'method/flashattention', 'paper/arxiv-2205.14135', 'search', 'search?q=coco', 'search?q=zzzzqqqq', 'search?kind=dataset',
  'repository/github.com/dao-ailab/flash-attention', 'task/image-classification', 'author/ana-ruiz', 'similar?to=COCO', 'compare', 'compare?papers=2205.14135&papers=1706.03762', 'path?from=COCO&to=BERT', 'trending',
  'trending?kind=method', 'communities', 'code', 'graph', 'graph?around=COCO', 'trends', 'trends?of=COCO,ImageNet', 'hardware', 'missing', 'stats', 'queries', 'queries/papers-using?dataset=COCO', 'sparql', 'ontology', 'nothing-here'];

// The page for an unknown address is one of the pages that are looked at.
const isProblem = (message) => message.type() === 'error' && message.location().url !== `${start}nothing-here`;

// From a task to a board, from there to a paper, and to its code.
async function walk(page) {
  await page.goto(`${start}task/image-classification`);
  await page.locator('section[aria-labelledby$=boards] a[href^="/leaderboard?"]').first().click();
  await page.waitForURL(/\/leaderboard\?dataset=/);
  const values = await page.locator('table.results tbody tr').count();
  assert.ok(values > 0, 'the board has no rows');
  await page.locator('table.results thead a', { hasText: 'System' }).click();
  await page.locator('table.results th[aria-sort]', { hasText: 'System' }).waitFor();
  assert.equal(await page.locator('table.results tbody tr').count(), values);
  await page.locator('table.results tr', { has: page.locator('td.code a') }).locator('td.title a').first().click();
  await page.waitForURL(/\/paper\//);
  await page.locator('section.code a[href^="/repository/"]').first().click();
  await page.waitForURL(/\/repository\//);
  await page.getByText('not checked yet').first().waitFor();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  // Without JavaScript, as promised; and nothing may be asked of any other host.
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1200, height: 900 } });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => isProblem(message) && problems.push(message.text()));
  page.on('request', (request) => request.url().startsWith(start) || problems.push(`asks ${request.url()}`));

  await page.goto(start);
  assert.equal(await page.locator('h1').count(), 1);
  await page.screenshot({ path: join(pictures, 'start.png') });
  console.log('opens the start page');

  await page.getByRole('searchbox', { name: 'Search names and titles' }).fill('COCO');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=COCO/);
  await page.getByRole('main').getByRole('link', { name: 'COCO', exact: true }).click();
  await page.waitForURL(/\/dataset\/coco$/);
  await page.getByRole('heading', { level: 1, name: 'COCO' }).waitFor();
  const marks = await page.locator('blockquote mark').allTextContents();
  assert.ok(marks.some((mark) => /coco/i.test(mark)), `no sentence marks COCO: ${marks}`);
  await page.screenshot({ path: join(pictures, 'coco.png'), fullPage: true });
  console.log('searches COCO and sees the sentences that name it');

  const link = page.locator('ol.rows a[href^="/paper/"]').first();
  const title = await link.textContent();
  await link.click();
  assert.equal(await page.locator('h1').textContent(), title);
  await page.locator('.abstract mark a[href="/dataset/coco"]').first().waitFor();
  console.log('follows a paper, whose abstract leads back to COCO');

  await walk(page);
  console.log('walks from a task over a board to a paper and its code, without JavaScript');

  await page.goto(`${start}dataset/coco`);
  await page.getByRole('link', { name: 'Larger picture, which can be zoomed and extended' }).click();
  await page.locator('svg.picture.wide a[href^="/paper/"]').first().waitFor();
  await page.screenshot({ path: join(pictures, 'graph-still.png'), fullPage: true });
  await page.locator('a.grow').first().click();
  await page.getByRole('heading', { level: 1, name: /^Graph around/ }).waitFor();
  console.log('sees a picture of the neighbours, and goes on to the picture around one, without JavaScript');

  await page.goto(`${start}papers?of=COCO`);
  for (const at of [0, 1]) await page.locator('td.day').getByRole('checkbox').nth(at).check();
  await page.getByRole('button', { name: 'Compare the chosen papers' }).click();
  await page.waitForURL(/\/compare\?papers=/);
  assert.equal(await page.locator('table.compare thead th').count(), 2);
  console.log('chooses two papers with boxes and compares them, without JavaScript');

  await page.goto(start);
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Questions' }).click();
  await page.locator('a[href="/queries/papers-using"]').click();
  await page.locator('input[name=dataset]').fill('MS COCO');
  await page.getByRole('button', { name: 'Ask' }).click();
  assert.ok(await page.locator('table tbody tr').count() > 0);
  console.log('asks a question that is ready');

  await page.goto(`${start}sparql`);
  await page.getByRole('textbox', { name: 'SPARQL' }).fill('SELECT ?name { ?d a kg:Dataset ; rdfs:label ?name } ORDER BY ?name LIMIT 7');
  await page.getByRole('button', { name: 'Run' }).click();
  assert.equal(await page.locator('table tbody tr').count(), 7);
  await page.screenshot({ path: join(pictures, 'query.png'), fullPage: true });
  console.log('runs a query of its own');

  for (const width of [360, 390]) {
    await page.setViewportSize({ width, height: 740 });
    for (const path of pages) {
      await page.goto(start + path);
      const [inner, outer] = await page.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth]);
      assert.ok(inner <= outer, `/${path} is ${inner} wide on a screen of ${outer}`);
      // A table of rows becomes a list of blocks, so that no column is beside the screen.
      const cut = await page.locator('.scroll:has(table.stacked)').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
      assert.equal(cut, 0, `/${path} has a table that is wider than a screen of ${outer}`);
    }
  }
  console.log('reads all pages on a phone without scrolling sideways');
  await context.close();

  const scripted = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const lively = await scripted.newPage();
  lively.on('console', (message) => isProblem(message) && problems.push(message.text()));
  lively.on('request', (request) => request.url().startsWith(start) || problems.push(`asks ${request.url()}`));
  await lively.goto(start);
  await lively.getByRole('combobox', { name: 'Search names and titles' }).pressSequentially('ima');
  await lively.getByRole('option').first().waitFor();
  await lively.keyboard.press('ArrowDown');
  await lively.keyboard.press('Enter');
  await lively.waitForURL((url) => url.pathname !== '/');
  console.log('chooses a suggestion with the keyboard');
  await walk(lively);
  console.log('walks from a task over a board to a paper and its code, with JavaScript');
  await lively.goto(`${start}graph?around=COCO`);
  const drawn = lively.locator('#graph[data-nodes]');
  await drawn.waitFor();
  const before = Number(await drawn.getAttribute('data-nodes'));
  assert.ok(before > 5, `${before} nodes`);
  await lively.getByRole('button', { name: 'Zoom in' }).click();
  await lively.locator('a.grow').first().click();
  await lively.waitForFunction((before) => Number(document.getElementById('graph').dataset.nodes) > before, before);
  await lively.locator('#graph').screenshot({ path: join(pictures, 'graph.png') });
  console.log('zooms the picture of a graph and grows it from a node');
  await scripted.close();

  const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  for (const [colorScheme, width] of [['light', 1200], ['dark', 1200], ['light', 390]]) {
    // The pages allow no script but their own, so axe-core needs an exception.
    const checked = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 900 } });
    const tab = await checked.newPage();
    for (const path of pages) {
      await tab.goto(start + path);
      await tab.addScriptTag({ content: axe });
      const { violations } = await tab.evaluate((tags) => window.axe.run({ runOnly: tags }), tags);
      const said = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      assert.deepEqual(said, [], `/${path} in ${colorScheme} mode at ${width} pixels`);
    }
    await checked.close();
  }
  console.log('finds nothing with axe-core on any kind of page, light, dark and narrow');
  assert.deepEqual(problems, []);
} finally {
  await browser.close();
}
