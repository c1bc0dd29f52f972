// A person in a browser: opens the start page, searches, follows a paper, asks. Prints a line for each thing done.
//   browser.mjs START_PAGE FOLDER_FOR_PICTURES
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.NODE_MODULES, 'x.js'));
const { chromium } = require('playwright-core');

const [start, pictures] = process.argv.slice(2);
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
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
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

  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ['', 'dataset/coco', 'search?q=coco', 'queries/papers-using?dataset=COCO', 'sparql', 'ontology']) {
    await page.goto(start + path);
    const [inner, outer] = await page.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth]);
    assert.ok(inner <= outer, `/${path} is ${inner} wide on a screen of ${outer}`);
  }
  console.log('reads all pages on a phone without scrolling sideways');
  assert.deepEqual(problems, []);
} finally {
  await browser.close();
}
