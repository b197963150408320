import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { InvoiceView, StartedCheckout } from "@tintype/core/billing-inputs";
import type { JobView } from "@tintype/core/jobs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient } from "./api-client.ts";
import { delivered, emulator } from "./books.ts";
import { launchBrowser, takeMissingTexts } from "./browser.ts";
import { PATIENCE_MS, signIn } from "./open-page.ts";
import { type Account, newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

const stack = useStack();
const account = newAccount();
/** Has bought everything there is, so that every part of the pages about money is there. */
const subscriber = newAccount();
const clients = new Map<Account, ApiClient>();
let browser: Browser;
let jobId = "";
let outputId = "";
let paidSession = "";
/** The payment provider's pages, which at the desk are ours. */
const hostedPages: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  const client = await new ApiClient(stack.urls.app).signUp(account);
  clients.set(account, client);
  const photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
  const asset = await client.upload(photo, "image/png", "coffee.png");
  const job = await client.generate(asset.id, { kind: "image", scene: "marble" });
  const done = await eventually("a picture to look at", 120_000, async () => {
    const state = await client.query<JobView>("jobs.get", { jobId: job.id });
    return state.status === "completed" ? state : undefined;
  });
  jobId = done.id;
  outputId = done.outputs[0]?.id ?? "";
  await subscribe(await new ApiClient(stack.urls.app).signUp(subscriber));
});

async function checkout(
  client: ApiClient,
  kind: "pack" | "plan",
  code: string,
): Promise<StartedCheckout> {
  const order = { kind, code, returnTo: "/studio", requestId: randomUUID() };
  return client.mutate<StartedCheckout>("billing.startCheckout", order);
}

async function subscribe(client: ApiClient): Promise<void> {
  clients.set(subscriber, client);
  for (const [kind, code] of [
    ["pack", "bundle_30m"],
    ["plan", "creator"],
  ] as const) {
    const { sessionId } = await checkout(client, kind, code);
    await emulator(stack, "pay-checkout", { session: sessionId, number: "4242424242424242" });
    paidSession = sessionId;
  }
  await delivered(stack);
  const topUp = { enabled: true, thresholdCredits: 100, packCode: "bundle_30m" };
  await client.mutate("billing.updatePreferences", {
    ...{ spendScope: "all_and_overage", overageLimitCents: 2_000 },
    topUp: { ...topUp, monthlyCapCents: 4_000 },
  });

  const unpaid = await checkout(client, "pack", "bundle_2h");
  const asking = await checkout(client, "pack", "bundle_5h");
  const card = { session: asking.sessionId, number: "4000002760003184" };
  const { intent } = await emulator<{ intent: string }>(stack, "pay-checkout", card);
  const { url: portal } = await client.mutate<{ url: string }>("billing.openPortal", {
    returnTo: "/billing",
  });
  const { items } = await client.query<{ items: InvoiceView[] }>("billing.invoices", {});
  const bank = `${stack.env.STRIPE_API_BASE}/authenticate/${intent}`;
  hostedPages.push(unpaid.url, bank, portal, items[0]?.url ?? "");
}

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

const subscriberPages = () => [
  "/pricing",
  "/pricing?choose=bundle_30m",
  "/billing",
  `/billing/return?session=${paidSession}`,
  "/rewards",
  "/wallet",
  "/wallet/receipts/2",
];

/** A member sees where they are before the page's code is there, and nothing of that is left once it is. */
async function expectOutline(page: Page): Promise<void> {
  const code = /\/assets\/.*\.js$/;
  const styles: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "stylesheet") styles.push(request.url());
  });
  let release = () => {};
  const late = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(code, async (route) => {
    await late;
    await route.continue();
  });
  await page.goto("/studio", { waitUntil: "commit" });
  await page.locator("#outline h1").waitFor();
  const title = await page.locator("h1").textContent();
  release();
  await page.locator("#outline").waitFor({ state: "detached" });
  await page.unroute(code);
  expect(await page.locator("h1").textContent()).toBe(title);
  // They stand in the document.
  expect(styles).toEqual([]);
}

/** What axe finds, what sticks out of the page sideways, and how many main headings there are. */
async function findingsOn(page: Page, address: string): Promise<string[]> {
  await page.goto(address);
  await page.locator("h1").first().waitFor();
  return findingsNow(page);
}

async function findingsNow(page: Page): Promise<string[]> {
  // Not "no traffic": a member's page listens for news as long as it is open.
  await page.waitForFunction(
    () => document.querySelector('[aria-busy="true"], .mantine-Skeleton-root') === null,
  );
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

test("visitors' pages are readable without their code, and say what needs it", async () => {
  const context = await browser.newContext({ baseURL: stack.urls.app, javaScriptEnabled: false });
  const page = await context.newPage();
  const textOf = async (address: string) => {
    await page.goto(address);
    return page.locator("body").textContent();
  };
  expect(await textOf("/")).toContain("10 free credits to begin with");
  const prices = await textOf("/pricing?lang=ru");
  expect(prices).toContain("29,00\u00a0$");
  await page.getByRole("link", { name: /Купить.*30 минут/ }).click();
  await page.getByRole("heading", { name: "Создайте аккаунт" }).waitFor();
  expect(await textOf("/sign-in?lang=en")).toContain("This page needs JavaScript");
  await signIn(page, account);
  await page.waitForURL(`${stack.urls.app}/sign-in`);
  expect(await page.locator("body").textContent()).toContain("This page needs JavaScript");
  await context.close();
});

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
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
  });
  afterAll(() => context.close());

  test.each(visitorPages)("visitor %s", async (address) => {
    expect(await findingsOn(page, address)).toEqual([]);
  });

  test.each(visitorPages)(
    "the code of %s goes on where its document leaves off",
    async (address) => {
      const errors: string[] = [];
      const note = (error: Error) => void errors.push(String(error));
      page.on("pageerror", note);
      await page.goto(address);
      await page.locator("html[data-ready]").waitFor();
      page.off("pageerror", note);
      // React throws away a document that it would have drawn differently, and says so.
      expect(errors).toEqual([]);
      expect(await page.locator("html").getAttribute("lang")).toBe(locale.slice(0, 2));
    },
  );

  test("a page that lacks a text turns the test red that meets it", async () => {
    const empty = { contentType: "text/javascript", body: "export default {}" };
    await page.route(/(en|ru)-visitor-/, (route) => route.fulfill(empty));
    await page.goto("/sign-in");
    await expect
      .poll(() => takeMissingTexts().join())
      .toContain(`missing text: ${locale.slice(0, 2)} auth.`);
    await page.unroute(/(en|ru)-visitor-/);
    await page.goto("about:blank");
    takeMissingTexts();
  });

  /** A member's language is the account's, not the browser's. */
  const enter = async (who: Account) => {
    await context.clearCookies();
    await clients.get(who)?.mutate("auth.updatePreferences", { locale: locale.slice(0, 2) });
    await page.goto("/sign-in");
    await signIn(page, who);
    await page.waitForURL("**/studio");
  };

  test("member's pages", async () => {
    await enter(account);
    await expectOutline(page);
    for (const address of memberPages()) {
      expect(await findingsOn(page, address), address).toEqual([]);
    }
  });

  test("pages of somebody who has bought all there is", async () => {
    await enter(subscriber);
    for (const address of subscriberPages()) {
      expect(await findingsOn(page, address), address).toEqual([]);
    }
  });

  test("what asks before a plan changes", async () => {
    await page.goto("/billing");
    const actions = page.locator('section[aria-labelledby="plan"] button');
    await actions.first().waitFor();
    for (const action of await actions.all()) {
      const name = await action.textContent();
      await action.click();
      await page.getByRole("dialog").waitFor();
      // Its price comes from the payment provider.
      await page.getByRole("dialog").locator('[aria-busy="true"]').waitFor({ state: "detached" });
      expect(await findingsNow(page), name ?? "").toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      const hasFocus = () => action.evaluate((button) => button === document.activeElement);
      await expect.poll(hasFocus, { message: name ?? "" }).toBe(true);
    }
    expect(await actions.count()).toBeGreaterThan(2);
  });

  test("a page whose code does not come", async () => {
    await enter(account);
    await page.route(/rewards-page/, (route) => route.abort());
    await page.goto("/rewards");
    await page.getByRole("button", { name: /^(Try again|Повторить)$/ }).waitFor();
    expect(await findingsNow(page)).toEqual([]);
    await page.unroute(/rewards-page/);
  });

  test("the payment provider's pages", async () => {
    expect(hostedPages.length).toBe(4);
    for (const address of hostedPages) {
      expect(address).toMatch(/^http/);
      expect(await findingsOn(page, address), address).toEqual([]);
    }
  });
});
