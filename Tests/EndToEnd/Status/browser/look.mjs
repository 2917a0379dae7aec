// Opens the status page in a real browser and tells the test, in lines of JSON, what a person would find there.
//   node look.mjs BROWSER URL [SCREENSHOT-FOLDER]
// It obeys lines on standard input: "figures", "stale", "end".
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, url, screenshots] = process.argv.slice(2);
const patience = 15_000;
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const say = line => process.stdout.write(JSON.stringify(line) + "\n");

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
// The page's policy forbids foreign scripts, as it should: only the checker, which is one, is let past it.
const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
const page = await context.newPage();
const complaints = [];
const foreign = [];
page.on("pageerror", error => complaints.push(error.message));
page.on("console", message => message.type() === "error" && complaints.push(message.text()));
page.on("request", request => new URL(request.url()).origin === new URL(url).origin || foreign.push(request.url()));
const response = await page.goto(url, { timeout: patience });
await page.waitForSelector("#state[data-state=good]", { timeout: patience });
say({ opened: { status: response.status(), policy: response.headers()["content-security-policy"] } });

const text = async selector => (await page.locator(selector).innerText()).replaceAll("\u00a0", " ");

async function figures() {
  // Two answers from now on: what happened before is in them.
  for (let i = 0; i < 2; i++) await page.waitForResponse(answer => answer.url().endsWith("/status/data"), { timeout: patience });
  return {
    state: await text("#state"),
    sessions: await text("#sessions"),
    pushes: await text("#pushes-detail"),
    latency: await text("#latency"),
    latencyDetail: await text("#latency-detail"),
    delivered: await text("#delivered-detail"),
    refusals: await page.locator("#refusals tr").allInnerTexts(),
    storage: await page.locator("#storage div").allInnerTexts(),
    about: await text("#about"),
    charts: await page.locator("svg.chart").evaluateAll(charts => charts.map(chart => chart.getAttribute("aria-label"))),
    lines: await page.locator("svg.chart path.line").count(),
  };
}

async function check() {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1200, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      if (await page.evaluate(() => document.scrollingElement.scrollWidth > innerWidth)) found.push(`${colorScheme} ${width}: wider than the window`);
      const checker = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      const copy = await checker.newPage();
      await copy.goto(url, { timeout: patience });
      await copy.waitForSelector("#state[data-state=good]", { timeout: patience });
      await copy.addScriptTag({ path: axePath });
      const result = await copy.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
      for (const violation of result.violations)
        found.push(`${colorScheme} ${width}: ${violation.id}: ${violation.nodes.map(node => node.target.join(" ")).join(", ")}`);
      await checker.close();
      if (screenshots) await page.screenshot({ path: `${screenshots}/status-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "figures") say({ figures: await figures() });
  if (line === "check") say({ check: await check() });
  if (line === "complaints") say({ complaints: [...complaints, ...foreign] });
  if (line === "stale") {
    await page.waitForSelector("#state[data-state=bad]", { timeout: patience });
    say({ stale: { state: await text("#state"), faded: await page.evaluate(() => document.body.classList.contains("stale")) } });
  }
  if (line === "end") break;
}
await browser.close();
