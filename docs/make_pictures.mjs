// Shoots the views of served runs: node make_pictures.mjs CHROMIUM '{"finished": URL, "running": URL, ...}' FOLDER [NAME ...]
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [executablePath, addresses, folder, ...only] = process.argv.slice(2);
const at = JSON.parse(addresses);
const require = createRequire(fileURLToPath(new URL("../viewer/web/package.json", import.meta.url)));
const { chromium } = require("playwright-core");
const FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-background-networking"];
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const browser = await chromium.launch({ executablePath, args: FLAGS });

async function shoot(name, address, { size = WIDE, scheme = "light", is3D = true, hasHeadset = false, act = async () => {} } = {}) {
  if (!address || address.startsWith("undefined") || (only.length && !only.includes(name))) return;
  const context = await browser.newContext({ viewport: size, colorScheme: scheme });
  if (hasHeadset) {
    await context.addInitScript({ path: require.resolve("iwer").replace(/[\\/]lib[\\/].*$/, "/build/iwer.min.js") });
    await context.addInitScript("window.headset = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: true }); headset.installRuntime({ forceInstall: true });");
  }
  const page = await context.newPage();
  await page.goto(address);
  const ready = async (code) => {
    for (let tries = 0; tries < 600 && !(await page.evaluate(code)); tries++) await page.waitForTimeout(100);
  };
  if (is3D) await ready("document.querySelector('.space')?.dataset.state === 'ready' && Number(document.querySelector('canvas').dataset.pictures) > 1");
  await act(page, ready);
  await page.waitForTimeout(1200);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}

const click = (...selectors) => async (page) => {
  for (const selector of selectors) await page.click(selector);
};
const drawn = "document.querySelector('.gallery')?.dataset.state === 'ready'";

await shoot("model", at.finished);
await shoot("model_dark", at.finished, { scheme: "dark", act: click('[aria-label="Facts and budget"]') });
await shoot("density", at.finished, { act: click('label[title="Density"]') });
await shoot("ruler", at.finished, {
  act: async (page) => {
    await page.click('[aria-label^="Ruler"]');
    const frame = await page.locator("canvas").boundingBox();
    for (const [x, y] of [[0.42, 0.36], [0.72, 0.42]]) await page.mouse.click(frame.x + frame.width * x, frame.y + frame.height * y);
    await page.waitForTimeout(5500);
  },
});
await shoot("cameras", at.finished + "#capture", { act: click('[aria-label="Next camera"]') });
await shoot("pictures", at.finished + "#capture", { act: async (page, ready) => (await page.click("[data-view=photos]"), await ready(drawn), await page.waitForTimeout(1500)) });
await shoot("depth", at.finished + "#capture", { act: async (page, ready) => (await page.click("[data-view=depth]"), await ready(drawn)) });
await shoot("mesh", at.finished + "#light", { act: click('[aria-label="Wireframe"]') });
await shoot("graph", at.finished, { act: click("[data-tool=spread]") });
await shoot("running", at.running, { is3D: false });
await shoot("failed", at.failed, { is3D: false });
await shoot("headset", at.finished, { act: click('[aria-label="Put on a headset"]') });
await shoot("phone", at.finished, { size: PHONE });
await shoot("phone_stages", at.running, { size: PHONE, scheme: "dark", is3D: false, act: async (page) => page.evaluate("document.querySelector('.pane-bar input[value=graph]').click()") });
await shoot("room_editor", at.room, {
  is3D: false,
  act: async (page, ready) => {
    await ready("document.querySelector('.room-editor .space')?.dataset.state === 'ready'");
    await page.click("[data-part=box][data-index='0']");
  },
});
await shoot("plan", `${at.made_room}#plan`, { is3D: false, act: async (page, ready) => ready("document.querySelector('.plan-view')") });
await shoot("room", `${at.made_room}#room`);
await shoot("layers", `${at.made_photo}#filled`, { scheme: "dark" });
await shoot("vr", at.finished, {
  hasHeadset: true,
  act: async (page, ready) => {
    await page.click("[data-xr=immersive-vr]");
    await ready("document.querySelector('canvas').dataset.session === 'immersive-vr'");
    await page.waitForTimeout(2500);
  },
});
await browser.close();
