/** `npm run docs:images`: docs/images/page.jpg, the service's page with drawn people. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings, serve } from "../../src/server.ts";
import { launchChromium } from "../../test/chromium.ts";
import { drawFiles } from "../../test/support/guide.ts";

const ROOT = join(import.meta.dirname, "..", "..");

const folder = await mkdtemp(join(tmpdir(), "cosface-page-"));
await drawFiles(folder);
const flags = { data: join(folder, "data"), port: "0", logLevel: "error" };
const service = await serve(await readSettings({ flags, environment: {} }));
const headers = { "x-api-key": service.apiKey ?? "", "content-type": "image/png" };
for (const [name, files] of Object.entries({ Ann: ["ann", "ann-again"], Ben: ["ben"] })) {
  for (const file of files) {
    const path = `/v1/collections/drawn-people/subjects/${name}/templates?thumbnail=true`;
    const body = await readFile(join(folder, `${file}.png`));
    const { ok, status } = await fetch(service.url + path, { method: "POST", headers, body });
    if (!ok) throw new Error(`enrollment: status ${status}`);
  }
}
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1120, height: 880 }, reducedMotion: "reduce" });
await page.goto(`${service.url}/#/recognize`);
await page.getByLabel("API key").fill(service.apiKey ?? "");
await page.keyboard.press("Enter");
await page.getByLabel("Collection").waitFor();
await page.locator("input[type=file]").first().setInputFiles(join(folder, "party.png"));
await page.getByText("Ann", { exact: true }).first().waitFor();
await page.waitForTimeout(500);
await page.screenshot({ path: join(ROOT, "docs", "images", "page.jpg"), type: "jpeg", quality: 82 });
await browser.close();
await service.close();
await rm(folder, { recursive: true });
