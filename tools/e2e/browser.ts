import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Of all pages of this file's browsers, since they were last taken. */
const missingTexts: string[] = [];

/** @returns texts that pages showed though they do not exist, as apps/web/src/lib/missing-texts.ts reports them */
export const takeMissingTexts = (): string[] => missingTexts.splice(0);

/** A missing text turns the test red that met it, whatever else that test looks at: setup.ts asks after each. */
function watchTexts(browser: Browser): Browser {
  browser.on("context", (context) =>
    context.on("weberror", (webError) => {
      const { message } = webError.error();
      if (message.includes("missing text:"))
        missingTexts.push(`${webError.page()?.url()}: ${message}`);
    }),
  );
  return browser;
}

/**
 * A real Chromium: `CHROMIUM_PATH`, else the one that @sparticuz/chromium carries inside npm, else the
 * system's, else Chrome. Nothing is downloaded.
 * @param more arguments beside those that every run has
 */
export async function launchBrowser(more: string[] = []): Promise<Browser> {
  const executablePath = await findChromium();
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : { channel: "chrome" }),
    headless: true,
    // Not the package's own arguments: they switch web security off, and CORS is part of what we test.
    args: [
      "--headless=shell",
      "--no-sandbox",
      "--no-zygote",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
  return watchTexts(browser);
}

async function findChromium(): Promise<string | undefined> {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  if (process.platform === "linux" && process.arch === "x64") return unpackChromium();
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((file) => existsSync(file));
}

/** Unpacks the browser and the libraries it needs into a cache of this checkout, once. */
async function unpackChromium(): Promise<string> {
  const cache = path.resolve(import.meta.dirname, "../../node_modules/.cache/chromium-153");
  await mkdir(cache, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = cache;
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs24.x";
  const { default: sparticuz } = await import("@sparticuz/chromium");
  try {
    const executablePath = await sparticuz.executablePath();
    process.env.FONTCONFIG_FILE = await writeFontConfiguration(cache);
    return executablePath;
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/**
 * The package's own configuration names folders of the machine it was made for. With no font to fall back to,
 * Chromium ends itself at the first letter that a page's fonts lack.
 */
async function writeFontConfiguration(cache: string): Promise<string> {
  const file = path.join(cache, "fonts.conf");
  const folders = [path.join(cache, "fonts"), "/usr/share/fonts"];
  await writeFile(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((folder) => `  <dir>${folder}</dir>`).join("\n")}
  <cachedir>${path.join(cache, "font-cache")}</cachedir>
</fontconfig>
`,
  );
  return file;
}
