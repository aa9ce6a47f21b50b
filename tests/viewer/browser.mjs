// One headless Chromium, driven by lines of JSON on standard input: {"call", "args"} in, {"value"} or {"error"} out.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const web = createRequire(fileURLToPath(new URL("../../viewer/web/package.json", import.meta.url)));
const { chromium } = web("playwright-core");
const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-unsafe-swiftshader", "--ignore-certificate-errors"];
const PATIENCE_MS = 60_000;
const HEADSET = "const device = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: true }); device.installRuntime({ forceInstall: true }); window.headset = device;";

const browser = await chromium.launch({ executablePath: process.argv[2], headless: true, args: FLAGS });
let context = null;
let page = null;
let seen = null;

const calls = {
  async open({ url, width = 1100, height = 620, scheme = "light", hasHeadset = false, isTouch = false }) {
    await context?.close();
    seen = { requests: [], problems: [] };
    context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, hasTouch: isTouch, ignoreHTTPSErrors: true });
    if (hasHeadset) {
      await context.addInitScript({ path: web.resolve("iwer").replace(/[\\/]lib[\\/].*$/, "/build/iwer.min.js") });
      await context.addInitScript(HEADSET);
    }
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("request", (request) => seen.requests.push(request.url()));
    page.on("console", (message) => message.type() === "error" && seen.problems.push(message.text()));
    page.on("pageerror", (error) => seen.problems.push(String(error)));
    const answer = await page.goto(url);
    return answer.status();
  },
  seen: () => seen,
  forgive: () => (seen.problems = []),
  evaluate: (code) => page.evaluate(code),
  // Polled from outside: the page's policy forbids it to evaluate text, and the test should not loosen that.
  async wait(code) {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50)))
      if (await page.evaluate(code)) return true;
    throw new Error(`still waiting after ${PATIENCE_MS / 1000} s: ${code}; page: ${JSON.stringify(seen.problems)}`);
  },
  click: (selector) => page.click(selector).then(() => true),
  select: ({ selector, value }) => page.selectOption(selector, value).then(() => true),
  press: (key) => page.keyboard.press(key).then(() => true),
  mouse: ({ x, y }) => page.mouse.click(x, y).then(() => true),
  async drag({ from, to }) {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
    await page.mouse.move(...to);
    await page.mouse.up();
    return true;
  },
  type: ({ selector, text }) => page.fill(selector, text).then(() => page.press(selector, "Enter")).then(() => true),
  upload: ({ selector, path }) => page.setInputFiles(selector, path).then(() => true),
  hover: ({ x, y }) => page.mouse.move(x, y).then(() => true),
  frame: (selector) => page.locator(selector).first().boundingBox(),
  async picture({ path, selector }) {
    await (selector ? page.locator(selector).first().screenshot({ path }) : page.screenshot({ path }));
    return path;
  },
};

console.log(JSON.stringify({ value: browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
  const { call, args } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ value: (await calls[call](args)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error?.stack ?? error) }));
  }
}
await browser.close();
