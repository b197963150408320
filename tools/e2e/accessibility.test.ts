import { readFile } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { JobView } from "@tintype/core/jobs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

const stack = useStack();
const account = newAccount();
let browser: Browser;
let jobId = "";
let outputId = "";

beforeAll(async () => {
  browser = await launchBrowser();
  const client = await new ApiClient(stack.urls.app).signUp(account);
  const photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
  const asset = await client.upload(photo, "image/png", "coffee.png");
  const job = await client.generate(asset.id, { kind: "image", scene: "marble" });
  const done = await eventually("a picture to look at", 90_000, async () => {
    const state = await client.query<JobView>("jobs.get", { jobId: job.id });
    return state.status === "completed" ? state : undefined;
  });
  jobId = done.id;
  outputId = done.outputs[0]?.id ?? "";
});
afterAll(() => browser?.close());

const looks = [
  { name: "desktop, light, English", width: 1280, height: 900, scheme: "light", locale: "en-US" },
  { name: "phone, dark, Russian", width: 390, height: 844, scheme: "dark", locale: "ru-RU" },
] as const;

const visitorPages = [
  "/",
  "/sign-in",
  "/sign-up",
  "/forgot-password",
  "/reset-password?token=x",
  "/pricing",
];
const memberPages = () => [
  "/studio",
  "/library",
  `/library/${outputId}`,
  "/wallet",
  "/wallet?kind=expired",
  "/wallet/receipts/1",
  "/wallet/receipts/3",
  `/wallet/jobs/${jobId}`,
  "/pricing",
  "/billing",
  "/billing/return",
  "/billing/return?session=cs_test_unknown",
  "/rewards",
  "/settings",
  "/nowhere",
];

async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.locator('input[name="email"]').fill(account.email);
  await page.locator('input[name="password"]').fill(account.password);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL("**/studio");
}

/** What axe finds, what sticks out of the page sideways, and how many main headings there are. */
async function findingsOn(page: Page, address: string): Promise<string[]> {
  await page.goto(address);
  await page.locator("h1").first().waitFor({ timeout: 15_000 });
  await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const findings = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
  );
  const { overflow, headings } = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    headings: document.querySelectorAll("h1").length,
  }));
  if (overflow > 0) findings.push(`the page is ${overflow} px wider than the window`);
  if (headings !== 1) findings.push(`${headings} headings of the first level`);
  return findings;
}

describe.each(looks)("no barriers: $name", ({ width, height, scheme, locale }) => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      locale,
      reducedMotion: "reduce",
      baseURL: stack.urls.app,
    });
    page = await context.newPage();
  });
  afterAll(() => context.close());

  test.each(visitorPages)("visitor %s", async (address) => {
    expect(await findingsOn(page, address)).toEqual([]);
  });

  test("member's pages", async () => {
    await signIn(page);
    for (const address of memberPages()) {
      expect(await findingsOn(page, address), address).toEqual([]);
    }
  });
});
