import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";

const { PHOTOS } = process.env;
const looks = [
  { name: "wide", width: 1280, height: 900, colorScheme: "light" },
  { name: "wide-dark", width: 1280, height: 900, colorScheme: "dark" },
  { name: "phone", width: 390, height: 844, colorScheme: "light" },
  { name: "phone-dark", width: 390, height: 844, colorScheme: "dark" },
] as const;

/**
 * The page as it is now, in both widths and both schemes, for a person to look at:
 * `PHOTOS=.cache/photos npx vitest run --project e2e payment-life`. Without a folder nothing is done.
 */
export async function photograph(page: Page, name: string, fullPage = true): Promise<void> {
  if (!PHOTOS) return;
  await mkdir(PHOTOS, { recursive: true });
  const before = page.viewportSize();
  for (const { name: look, width, height, colorScheme } of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(250);
    await page.screenshot({ path: path.join(PHOTOS, `${name}-${look}.png`), fullPage });
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (before) await page.setViewportSize(before);
}
