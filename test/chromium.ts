/** Debian's Chromium for tests of pages: found, or installed where possible; a test never runs silently without it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Alone, without a screen, and without a word to anybody. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // The camera is a moving test image, and the browser grants its use without a question.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** @throws {Error} that says what to do where there is no Chromium and it cannot be installed. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? installChromium(), args: FLAGS, headless: true });
}

function findChromium(): string | undefined {
  const asked = process.env.CHROMIUM;
  return asked !== undefined && asked !== "" ? asked : PLACES.find((place) => existsSync(place));
}

function installChromium(): string {
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.error("chromium: not found, installing Debian's package");
    for (const command of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
      spawnSync("apt-get", command, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    }
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    "chromium: got none, expected one of " +
      `${PLACES.join(", ")}: run 'apt-get install chromium' as root, or set CHROMIUM to a browser's path`,
  );
}
