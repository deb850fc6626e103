// A hand at Chromium 86: takes one order a line, as JSON, and answers with a line. node hand.mjs CHROMIUM
import path from "node:path";
import readline from "node:readline";

import puppeteer from "puppeteer-core";

const program = process.argv[2];
const browser = await puppeteer.launch({
  executablePath: program,
  args: ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"],
  env: { ...process.env, LD_LIBRARY_PATH: path.join(path.dirname(program), "lib") },
});
const windows = new Map();
const PATIENCE = { timeout: 180_000 }; // ms; the worker may be busy with what other journeys ask of it

/** What nobody should meet on any page: errors of scripts, addresses outside, answers of a broken server. */
function listen(page, base, faults) {
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const refused = message.text().includes("status of 4"); // an answer like 404 is no fault of a script
    if (message.type() === "error" && !refused) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const inside = request.url().startsWith(base) || /^(data|blob|about):/.test(request.url());
    if (!inside) faults.push(`${page.url()} asks ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) faults.push(`${response.url()} answered ${response.status()}`);
  });
}

/** The one element that a piece of script finds, once it is there. */
async function element(page, script) {
  const found = await page.waitForFunction(script, PATIENCE);
  return found.asElement();
}

const ORDERS = {
  async window({ width, height, base }) {
    const context = await browser.createIncognitoBrowserContext();
    const page = await context.newPage();
    const faults = [];
    await page.setViewport({ width, height });
    listen(page, base, faults);
    windows.set(windows.size, { context, page, faults });
    return windows.size - 1;
  },
  version: () => browser.version(),
  open: ({ page, url }) => page.goto(url, { waitUntil: "load" }).then((answer) => answer?.status() ?? 0),
  resize: ({ page, width, height }) => page.setViewport({ width, height }),
  url: ({ page }) => page.url(),
  evaluate: ({ page, script }) => page.evaluate(script),
  wait: ({ page, script }) => page.waitForFunction(script, PATIENCE).then(() => true),
  click: async ({ page, script }) => (await element(page, script)).click(),
  async type({ page, script, text }) {
    const field = await element(page, script);
    await field.evaluate((input) => { input.focus(); input.select(); });
    await page.keyboard.press("Backspace");
    await field.type(text);
  },
  select: async ({ page, script, value }) => (await element(page, script)).select(value),
  upload: async ({ page, script, files }) => (await element(page, script)).uploadFile(...files),
  picture: ({ page, file }) => page.screenshot({ path: file, fullPage: true }).then(() => true),
  faults: ({ faults }) => faults.splice(0),
  close: ({ context }) => context.close(),
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { order, window, ...more } = JSON.parse(line);
  let answer;
  try {
    answer = { value: await ORDERS[order]({ ...windows.get(window), ...more }) };
  } catch (trouble) {
    answer = { trouble: String(trouble) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
browser.process().kill(); // asked politely, it may wait for a page for ever
process.exit();
