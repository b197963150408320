import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Account, E2eStack } from "./stack.ts";

/**
 * So long each step of a walk may take, in milliseconds. Far more than it does anywhere, since it costs time only where a
 * test is red: a machine with other work to do must not be told from a defect by a clock. vitest.config.ts has the same
 * for what is polled.
 */
export const PATIENCE_MS = 60_000;

type Look = BrowserContextOptions & {
  /** Whatever a page throws is added to these. */
  errors?: string[];
};

/** A window of somebody who reads English at a desk, with cookies of its own, at the stack's pages. */
export async function openPage(
  { urls }: Pick<E2eStack, "urls">,
  browser: Browser,
  { errors, ...look }: Look = {},
): Promise<Page> {
  const desk = { viewport: { width: 1280, height: 900 }, locale: "en-US", baseURL: urls.app };
  const page = await browser.newPage({ ...desk, ...look });
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("pageerror", (error) => errors?.push(String(error)));
  return page;
}

/** Fills in the form of /sign-in, in whatever language it is. */
export async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.locator('input[name="email"]').fill(email);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('button[type="submit"]').click();
}
