// How long a page takes from its address to the first picture of its model: node first_picture.mjs CHROMIUM URL TIMES PICTURE
// Each time in a new browser, with nothing cached; its start is not counted. One line of JSON each.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const [executablePath, url, times, picture] = process.argv.slice(2);
const { chromium } = createRequire(fileURLToPath(new URL("../viewer/web/package.json", import.meta.url)))("playwright-core");
const FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

// Reading a pixel waits until all that was drawn is there, which a call to draw does not.
const WATCH = `(() => {
  const look = () => {
    const canvas = document.querySelector("canvas");
    if (Number(canvas?.dataset.holds) > 0) {
      const context = canvas.getContext("webgl2");
      context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
      window.drawnAt = performance.now();
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

for (let time = 0; time < Number(times); time++) {
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.addInitScript(WATCH);
  await page.goto(url, { waitUntil: "commit" });
  for (const end = Date.now() + 60_000; Date.now() < end && !(await page.evaluate("window.drawnAt > 0")); ) await new Promise((done) => setTimeout(done, 100));
  const seen = await page.evaluate(() => ({
    drawn: window.drawnAt,
    resources: performance.getEntriesByType("resource").map((one) => [one.name.split("/").pop(), one.startTime, one.responseEnd, one.transferSize]),
    marks: performance.getEntriesByType("mark").map((one) => [one.name, one.startTime]),
  }));
  if (time === 0) await page.screenshot({ path: picture });
  console.log(JSON.stringify(seen));
  await browser.close();
}
