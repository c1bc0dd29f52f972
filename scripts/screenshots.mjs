// Takes the screenshots of README: a board, a task and a search.
//   screenshots.mjs START_PAGE FOLDER
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.NODE_MODULES, 'x.js'));
const { chromium } = require('playwright-core');

const [start, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width: 1100, height: 860 } });
  const page = await context.newPage();
  const take = async (name, part = page) => {
    const path = join(folder, `${name}.png`);
    await part.screenshot({ path });
    console.log(`${path}: ${statSync(path).size} bytes`);
  };
  // Of the largest boards, the one with the most results that have a chart.
  await page.goto(`${start}leaderboards`);
  const boards = await page.locator('table.boards td:nth-child(2) a:first-child').evaluateAll((links) => links.map((link) => link.href));
  let best = { rows: 0 };
  for (const address of boards.slice(0, 30)) {
    await page.goto(address);
    const rows = await page.locator('table.results tbody tr').count();
    if (rows > best.rows && await page.locator('svg.chart.wide').count()) best = { address, rows };
  }
  await page.goto(best.address);
  await take('board');
  await page.goto(`${start}task/machine-translation`);
  await take('task');
  await page.goto(`${start}graph?around=dataset/squad`);
  await page.locator('#graph[data-nodes]').waitFor();
  await page.waitForTimeout(1500);
  await take('graph', page.locator('#graph'));
} finally {
  await browser.close();
}
