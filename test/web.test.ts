/** The web application in a browser, against the service with stand-in networks: each task as a person does it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gallery, openGallery } from "../src/service/gallery/index.ts";
import { buildServer } from "../src/service/server/index.ts";
import { Tickets } from "../src/service/server/tickets.ts";
import type { GeometryRow, ScoresRow } from "../src/training/train/index.ts";
import { launchChromium } from "./chromium.ts";
import { type Color, facesImage, fakeFaces } from "./fake-faces.ts";

const RED = [250, 10, 10] as const;
const REDDISH = [240, 20, 15] as const;
const BLUE = [10, 10, 250] as const;
const DARK = [20, 20, 30] as const;
const GREEN = [10, 250, 10] as const;
const THRESHOLD = 0.9;
const FAR = 1e-4;

let folder: string;
let gallery: Gallery;
let app: Awaited<ReturnType<typeof buildServer>>;
let url: string;
let key: string;
let browser: Browser;
const tickets = new Tickets();
let context: BrowserContext;
let page: Page;
/** Errors of the browser, and requests to other addresses. */
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-web-"));
  await build({
    root: join(import.meta.dirname, "..", "web"),
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true, minify: false },
  });
  gallery = await openGallery();
  ({ key } = await gallery.keys.create({ name: "browser", scopes: ["admin"] }));
  app = await buildServer({
    faces: fakeFaces(),
    gallery,
    thresholds: [{ far: FAR, threshold: THRESHOLD }],
    pages: folder,
    tickets,
  });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
  browser = await launchChromium();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  page.on("console", (message) => {
    // The browser reports answers such as 401 here too; the page shows them.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url)) complaints.push(request.url());
  });
});

afterAll(async () => {
  await browser?.close();
  await app?.close();
  await gallery?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const photo = async (name: string, ...colors: readonly Color[]) => ({
  name,
  mimeType: "image/png",
  buffer: await facesImage(...colors),
});

/** Rows that a run logs beside its loss. */
const measured: readonly (ScoresRow | GeometryRow)[] = [
  {
    kind: "scores",
    iteration: 20,
    edges: [-1, -0.5, 0, 0.5, 1],
    genuineCounts: [0, 0, 2, 6],
    impostorCounts: [1, 5, 2, 0],
  },
  { kind: "geometry", iteration: 10, measuredCount: 8, meanNearestDegrees: 40, smallestDegrees: 31 },
  { kind: "geometry", iteration: 20, measuredCount: 8, meanNearestDegrees: 44, smallestDegrees: 42 },
];

async function goTo(name: string): Promise<void> {
  await page.goto(`${url}/#/${name.toLowerCase()}`);
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** The element with the focus: the value or name of a field, the text of anything else; "" for the page itself. */
const focused = () =>
  page.evaluate<string>(`{
    const { activeElement: element, body } = document;
    element === body ? "" : element.value || element.name || element.getAttribute("aria-label") || element.textContent;
  }`);

/** Serious findings of axe in either theme, by theme, rule and place; the theme is left as it was. */
async function seriousViolations(): Promise<string[]> {
  await page.evaluate(axe.source);
  const before = await page.evaluate("document.documentElement.dataset.theme");
  const found: string[] = [];
  for (const theme of ["light", "dark"]) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as axe.AxeResults;
    for (const { id, impact, nodes } of violations) {
      if (impact !== "serious" && impact !== "critical") continue;
      found.push(...nodes.map(({ target }) => `${theme}: ${id}: ${target}`));
    }
  }
  await page.evaluate(`document.documentElement.dataset.theme = "${before}"`);
  return found;
}

describe("the web application", () => {
  it("asks for the key, refuses a wrong one, and begins with a collection", async () => {
    await goTo("Recognize");
    await page.getByLabel("API key").fill("not-a-key");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("The service does not know this key.").waitFor();
    await page.getByLabel("API key").fill(key);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Begin with a collection" }).waitFor();
    await expect.poll(focused).toBe("name");
    await page.getByLabel("Name").fill("household");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByLabel("Collection").waitFor();
    await expect.poll(focused).toBe("household");
    expect(await page.evaluate("sessionStorage.getItem('cosface-key')")).toBe(key);
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain(key);
  });

  it("enrolls a person with consent, and explains why a photo was refused", async () => {
    await goTo("People");
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("Consent").fill("signed at the door");
    await page.getByLabel("Expires").fill("2099-12-31");
    await page
      .getByLabel("Choose photos")
      .setInputFiles([await photo("front.png", RED), await photo("both.png", RED, BLUE)]);
    await page.getByRole("button", { name: "Enroll 2 photos" }).click();
    await page.getByText("front.png is enrolled.").waitFor();
    await page.getByRole("alert").getByText("both.png was not enrolled. Got 2 faces, expected exactly one").waitFor();
    await page.getByLabel("Choose photos").setInputFiles([await photo("night.png", DARK)]);
    await page.getByRole("button", { name: "Enroll 1 photo" }).click();
    const refusal = page.getByRole("alert").filter({ hasText: "night.png" });
    await refusal.getByText("The face is too dark: put light on it. The face looks to the left").waitFor();
    await refusal.getByRole("button", { name: "all the same" }).click();
    await page.getByText("night.png is enrolled.").waitFor();
    const household = await gallery.collection("household");
    const dark = (await household.templates("Ada")).at(-1)!;
    await household.deleteTemplate(dark.id);
    const subject = await household.subject("Ada");
    expect(subject).toMatchObject({ consent: "signed at the door", templateCount: 1 });
    expect(subject.expiresAt?.getFullYear()).toBe(2099);
    expect(await seriousViolations()).toEqual([]);
  });

  it("adds nobody if every photo was refused", async () => {
    await goTo("People");
    await page.reload();
    await page.getByLabel("Name").fill("Bob");
    await page.getByLabel("Choose photos").setInputFiles([await photo("dusk.png", DARK)]);
    await page.getByRole("button", { name: "Enroll 1 photo" }).click();
    await page.getByRole("alert").filter({ hasText: "dusk.png" }).waitFor();
    expect((await (await gallery.collection("household")).subjects()).map(({ name }) => name)).toEqual(["Ada"]);
  });

  it("names known people, calls others unknown, and shows the threshold with its FAR", async () => {
    await goTo("Recognize");
    await page.getByLabel("Choose photos").setInputFiles(await photo("party.png", REDDISH, BLUE));
    const answer = page.getByRole("article", { name: "party.png" });
    await answer.getByRole("heading", { name: "Ada" }).waitFor();
    await answer.getByRole("heading", { name: "Unknown" }).waitFor();
    const text = ((await answer.textContent()) ?? "").replaceAll("\u00A0", " ");
    expect(text).toContain("Accepted from a score of 0.900 on, at which 0.01 % of comparisons");
    expect(text.match(/%/g)).toHaveLength(1);
    expect(await answer.locator("circle").count()).toBe(10);
    expect(await seriousViolations()).toEqual([]);
  });

  it("takes photos that are dropped or pasted, and from the camera", async () => {
    await goTo("Recognize");
    const bytes = JSON.stringify([...(await facesImage(RED))]);
    for (const kind of ["drop", "paste"]) {
      await page.evaluate(`{
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(${bytes})], "${kind}.png", { type: "image/png" }));
        const init = { bubbles: true, cancelable: true };
        if ("${kind}" === "drop") {
          document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { ...init, dataTransfer: transfer }));
        } else {
          document.body.dispatchEvent(new ClipboardEvent("paste", { ...init, clipboardData: transfer }));
        }
      }`);
      await page
        .getByRole("article", { name: `${kind}.png` })
        .getByRole("heading", { name: "Ada" })
        .waitFor();
    }
    await page.getByRole("button", { name: "Camera" }).click();
    await page.getByRole("button", { name: "Take photo" }).click();
    await page.getByRole("article", { name: "camera" }).waitFor();
    await page.getByRole("button", { name: "Close camera" }).click();
  });

  it("merges two entries, shows templates, and deletes a person with a receipt", async () => {
    const household = await gallery.collection("household");
    await goTo("People");
    await page.getByLabel("Name").fill("Ada again");
    await page.getByLabel("Choose photos").setInputFiles(await photo("side.png", REDDISH));
    await page.getByRole("button", { name: "Enroll 1 photo" }).click();
    await page.getByRole("button", { name: /Ada again 1 template/ }).waitFor();
    await page.getByRole("button", { name: /^A? ?Ada 1 template/ }).click();
    await page.getByRole("img", { name: "Template 1" }).waitFor();
    await page.getByRole("button", { name: "Merge" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Who is the same person?").selectOption("Ada again");
    expect(await seriousViolations()).toEqual([]);
    await dialog.getByRole("button", { name: "Merge" }).click();
    await page.getByRole("img", { name: "Template 2" }).waitFor();
    expect((await household.subjects()).map(({ name }) => name)).toEqual(["Ada"]);

    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete for good" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect((await household.subject("Ada")).templateCount).toBe(2);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    const receipt = page.getByRole("region", { name: "Receipt" });
    await receipt.getByText("2 templates and 2 crops are gone.").waitFor();
    const saved = page.waitForEvent("download");
    await receipt.getByRole("button", { name: "Save receipt" }).click();
    expect((await saved).suggestedFilename()).toMatch(/^receipt-.+\.json$/);
    expect(await household.subjects()).toEqual([]);
  });

  it("shows faces in the list, asks before a template is deleted, and says who has none left", async () => {
    const household = await gallery.collection("household");
    const front = { ...(await photo("front.png", BLUE)), name: "front.png" };
    await goTo("People");
    await page.getByLabel("Name").fill("Bea");
    await page.getByLabel("Choose photos").setInputFiles(front);
    await page.getByRole("button", { name: "Enroll 1 photo" }).click();
    const person = page.getByRole("button", { name: /Bea 1 template/ });
    await person.locator("img").waitFor();
    await person.click();
    await page.getByRole("button", { name: "Delete template 1" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("It is the last one: no search will find Bea any more.").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect((await household.subject("Bea")).templateCount).toBe(1);
    await page.getByRole("button", { name: "Delete template 1" }).click();
    await dialog.getByRole("button", { name: "Delete template", exact: true }).click();
    await page.getByText("No search finds Bea: no template is left.").waitFor();
    await page.getByRole("button", { name: "Bea no template" }).waitFor();
    await expect.poll(focused).toBe("0 templates");
    expect(await seriousViolations()).toEqual([]);

    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByRole("region", { name: "Receipt" }).waitFor();
    await expect.poll(focused).toBe("Receipt");
    await page.getByRole("button", { name: "New collection" }).click();
    await expect.poll(focused).toBe("name");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await expect.poll(focused).toBe("New collection");
  });

  it("opens signed in by the address that the service prints, once and on this machine alone", async () => {
    const other = await browser.newContext();
    const address = `${url}/#/sign-in/${tickets.issue()}`;
    const first = await other.newPage();
    await first.goto(address);
    await first.getByLabel("Collection").waitFor();
    expect(first.url()).toBe(`${url}/#/recognize`);
    const second = await other.newPage();
    await second.goto(address);
    await second.getByText("This ticket was used or has expired").waitFor();
    await second.getByLabel("API key").waitFor();
    await other.close();

    const exchange = (ticket: string, headers: Record<string, string> = {}) =>
      app.inject({ method: "POST", url: "/v1/tickets/exchange", headers, payload: { ticket } });
    const remote = { headers: { host: "cosface.example.org" }, remoteAddress: "192.0.2.1" };
    for (const header of [{ host: "evil.example.org" }, { "x-forwarded-for": "192.0.2.1" }]) {
      expect((await exchange(tickets.issue(), { host: "localhost:8000", ...header })).statusCode).toBe(403);
    }
    const ticket = tickets.issue();
    const payload = { ticket };
    const away = await app.inject({ method: "POST", url: "/v1/tickets/exchange", ...remote, payload });
    expect(away.statusCode).toBe(403);
    expect((await exchange("A".repeat(32), { host: "localhost:8000" })).statusCode).toBe(401);
    expect((await exchange(ticket, { host: "localhost:8000" })).json().key).toMatch(/^cosface_/);
    expect(await tickets.exchange(tickets.issue(new Date(Date.now() - 11 * 60_000)), gallery)).toBeUndefined();
  });

  it("sorts a pile of photos into people, and enrolls the one that is named", async () => {
    await goTo("Library");
    await page
      .getByLabel("Choose photos")
      .setInputFiles([
        await photo("1.png", RED, BLUE),
        await photo("2.png", REDDISH),
        await photo("3.png", GREEN, RED),
        { name: "4.png", mimeType: "image/png", buffer: Buffer.from("not an image") },
      ]);
    await page.getByRole("button", { name: "Sort 4 photos into people" }).click();
    await page.getByText("4.png: ").waitFor();
    const person = page.getByRole("region", { name: "Person 1" });
    await person.getByText("3 faces", { exact: true }).waitFor();
    await page.getByRole("region", { name: "Seen once" }).waitFor();
    await person.getByLabel("is them").last().uncheck();
    await person.getByLabel("Who is this?").fill("Grace");
    await person.getByRole("button", { name: "Enroll with 2 faces" }).click();
    await person.getByText("Grace is enrolled with 2 faces.").waitFor();
    expect((await (await gallery.collection("household")).subject("Grace")).templateCount).toBe(2);
    expect(await seriousViolations()).toEqual([]);
  });

  it("draws the curves of runs beside each other, and refuses other files", async () => {
    await goTo("Training");
    const logs = ["cosface", "softmax"].map((name) =>
      join(import.meta.dirname, `../results/losses-short/${name}.jsonl`),
    );
    await page.getByLabel("Choose logs").setInputFiles(logs);
    await page.getByRole("img", { name: "Loss by iteration" }).waitFor();
    for (const name of ["Training accuracy", "Verification accuracy", "Images per second"]) {
      await page.getByRole("img", { name: `${name} by iteration` }).waitFor();
    }
    await page
      .getByRole("row", { name: /softmax/ })
      .getByText("664")
      .waitFor();
    await page.getByLabel("Choose logs").setInputFiles({
      name: "measured.jsonl",
      mimeType: "application/jsonl",
      buffer: Buffer.from(measured.map((row) => `${JSON.stringify(row)}\n`).join("")),
    });
    await page.getByRole("img", { name: "Angles between class centers by iteration" }).waitFor();
    await page.getByRole("img", { name: "Scores of genuine and impostor pairs" }).waitFor();
    await page.getByLabel("Choose logs").setInputFiles({
      name: "people.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("a,b\n"),
    });
    await page.getByRole("alert").getByText("people.csv has no line of a run log").waitFor();
    expect(await seriousViolations()).toEqual([]);
    await page.getByRole("button", { name: "Remove softmax" }).click();
    await expect.poll(() => page.getByRole("row", { name: /softmax/ }).count()).toBe(0);
  });

  it("follows the log of a run that goes on", async () => {
    await goTo("Training");
    await page.reload();
    const row = (iteration: number) =>
      `${JSON.stringify({ kind: "train", iteration, epoch: 0, loss: 9 - iteration / 100, seconds: iteration, imagesPerSecond: 50, learningRate: 0.1 })}\n`;
    // A person chooses the file in a window of the browser's, which a test cannot reach.
    await page.evaluate(`{
      window.log = ${JSON.stringify(row(100) + row(200))};
      const getFile = async () => new File([window.log], "live.jsonl");
      window.showOpenFilePicker = async () => [{ kind: "file", name: "live.jsonl", getFile }];
    }`);
    await page.getByRole("button", { name: "Follow a running log" }).click();
    const run = page.getByRole("row", { name: /live/ });
    await run.getByText("200", { exact: true }).waitFor();
    const before = await page.getByRole("img", { name: "Loss by iteration" }).innerHTML();
    await page.evaluate(`window.log += ${JSON.stringify(row(300))}`);
    await run.getByText("300", { exact: true }).waitFor();
    expect(await page.getByRole("img", { name: "Loss by iteration" }).innerHTML()).not.toBe(before);
  });

  it("opens the margin on the circle by keyboard alone, and fails beyond the bound", async () => {
    await goTo("Playground");
    const margin = page.getByRole("slider", { name: "Margin m" });
    await page.getByText("Bound 1 − cos(2π/8) = 0.293").waitFor();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("m fits: the circle has room for up to 0.293").waitFor();
    await page.getByRole("img", { name: /in the margin\. 100\s% of the features/ }).waitFor();
    await margin.focus();
    await page.keyboard.press("End");
    await page.getByText("m is beyond the bound of 8 identities").waitFor();
    await page.getByRole("img", { name: /in the margin\. 0\s% of the features/ }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    expect(await seriousViolations()).toEqual([]);
  });

  it("fits a phone, in the dark, without a serious finding on any page", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "Dark theme" }).click();
    for (const name of ["Recognize", "People", "Library", "Training", "Playground"]) {
      await page.getByRole("navigation").getByRole("link", { name }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBeLessThanOrEqual(390);
      expect(await seriousViolations(), name).toEqual([]);
    }
  });

  it("asks nothing of anybody else, and breaks no rule of the content security policy", () => {
    expect(complaints).toEqual([]);
  });
});
