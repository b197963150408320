import path from "node:path";
import { connect, type DatabaseConnection } from "@tintype/db/client";
import { prices } from "@tintype/db/schema";
import { and, eq, sql } from "drizzle-orm";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { holdFirst } from "./hold-first.ts";
import { PATIENCE_MS, signIn } from "./open-page.ts";
import { photograph } from "./photos.ts";
import { type Account, newAccount, useStack } from "./stack.ts";

// What goes wrong at a real desk: pressing twice, a price that moved, a session that ended, a blocked stream.
const stack = useStack();
const coffee = path.join(rootDir, "fixtures/coffee.png");
const demo = { email: "demo@tintype.local", password: "demo-demo-demo" };

let browser: Browser;
let owner: DatabaseConnection;
let context: BrowserContext | undefined;
beforeAll(async () => {
  browser = await launchBrowser();
  // The price list is not the application's to change.
  owner = connect(stack.env.DATABASE_URL ?? "", { maxConnections: 1, role: null });
});
afterEach(async () => {
  // A request that is just being held back or cut off is nobody's any more.
  for (const page of context?.pages() ?? []) await page.unrouteAll({ behavior: "ignoreErrors" });
  await context?.close();
});
afterAll(async () => {
  await browser?.close();
  await owner?.close();
});

async function openPage(): Promise<Page> {
  context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    reducedMotion: "reduce",
    baseURL: stack.urls.app,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}

async function openStudio(page: Page, account: Account): Promise<void> {
  await page.goto("/sign-in");
  await signIn(page, account);
  await page.waitForURL("**/studio");
  await page.locator('input[type="file"]').first().setInputFiles(coffee);
  await page.getByRole("img", { name: "Chosen photo: coffee.png" }).waitFor();
}

/** Signs up somebody with the welcome credits, and opens the studio with a photo and the cheapest quality. */
async function openNewStudio(page: Page): Promise<Account> {
  const account = newAccount();
  await new ApiClient(stack.urls.app).signUp(account);
  await openStudio(page, account);
  await choose(page, "Quality", "Proof");
  return account;
}

const choose = (page: Page, group: string, option: string) =>
  page
    .getByRole("group", { name: group })
    .locator("label")
    .filter({ hasText: option })
    .first()
    .click();
const generate = (page: Page, price: string) =>
  page.getByRole("button", { name: `Generate for ${price}`, exact: true });
const cards = (page: Page, status: string) =>
  page.locator(`[data-testid="job-card"][data-status="${status}"]`);
const available = (page: Page) => page.getByTestId("balance").getAttribute("data-available");

test("a double click on Generate is one job", async () => {
  const page = await openPage();
  await openNewStudio(page);
  // As slow as one can be: by the second click the first has been answered.
  const accepted = page.waitForResponse(/jobs\.submit/);
  await generate(page, "2 credits").hover();
  await page.mouse.down();
  await page.mouse.up();
  await accepted;
  await generate(page, "2 credits").waitFor();
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  await cards(page, "completed").waitFor();
  await page.reload();
  await cards(page, "completed").waitFor();
  expect(await page.getByTestId("job-card").count()).toBe(1);
  await expect.poll(() => available(page)).toBe("8");
});

test("a click behind one that only said what is missing sends, though they come as a double click", async () => {
  const page = await openPage();
  const account = newAccount();
  await new ApiClient(stack.urls.app).signUp(account);
  await page.goto("/sign-in");
  await signIn(page, account);
  await page.waitForURL("**/studio");
  await choose(page, "Quality", "Proof");
  await generate(page, "2 credits").click();
  await page.getByText("A photo is missing").waitFor();
  await page.locator('input[type="file"]').first().setInputFiles(coffee);
  await page.getByRole("img", { name: "Chosen photo: coffee.png" }).waitFor();
  await generate(page, "2 credits").waitFor();
  const accepted = page.waitForResponse(/jobs\.submit/);
  // As a system sees it whose user has set the time between two clicks to be long.
  await generate(page, "2 credits").hover();
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  expect((await accepted).status()).toBe(200);
});

test("a reply that was lost is made up for by pressing again, and paid once", async () => {
  const page = await openPage();
  await openNewStudio(page);
  await page.route(
    "**/trpc/jobs.submit**",
    async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    },
    { times: 1 },
  );
  await generate(page, "2 credits").click();
  await page.getByText("Sending the same thing twice never costs twice.").waitFor();
  await generate(page, "2 credits").click();
  await cards(page, "completed").waitFor();
  expect(await page.getByTestId("job-card").count()).toBe(1);
  await expect.poll(() => available(page)).toBe("8");
});

test("a price that changed after the quote is shown before it is paid", async () => {
  const page = await openPage();
  await openNewStudio(page);
  await generate(page, "2 credits").waitFor();
  const setPrice = (milliCreditsPerUnit: number) =>
    owner.db
      .update(prices)
      .set({ milliCreditsPerUnit })
      .where(
        and(
          eq(prices.kind, "image"),
          eq(prices.modelTier, "standard"),
          eq(prices.qualityTier, "watermark"),
        ),
      );
  await setPrice(10_000);
  try {
    await generate(page, "2 credits").click();
    await page.getByText("The price has changed: 4 credits instead of 2 credits").waitFor();
    expect(await page.getByTestId("job-card").count()).toBe(0);
    await generate(page, "4 credits").click();
    await cards(page, "completed").waitFor();
    await expect.poll(() => available(page)).toBe("6");
  } finally {
    await setPrice(5_000);
  }
});

test("a session that ended in the middle of work leads back to the same draft", async () => {
  const page = await openPage();
  const account = await openNewStudio(page);
  const priced = page.waitForResponse(/jobs\.quote.*marble/);
  await choose(page, "Scene", "Marble");
  await page.getByLabel("In your words").fill("A draft worth keeping");
  // With the price still to be asked for, that question would find out before the press does.
  await priced;
  await generate(page, "2 credits").waitFor();
  const elsewhere = await new ApiClient(stack.urls.app).signIn(account);
  await elsewhere.mutate("auth.signOutEverywhere");
  await generate(page, "2 credits").click();
  await page.getByText("Your session has ended").waitFor();
  await signIn(page, account);
  await page.waitForURL("**/studio");
  await page.getByRole("img", { name: "Chosen photo: coffee.png" }).waitFor();
  expect(await page.getByLabel("In your words").inputValue()).toBe("A draft worth keeping");
  expect(await page.getByRole("radio", { name: "Marble" }).isChecked()).toBe(true);
  expect(await page.getByTestId("job-card").count()).toBe(0);
});

async function openSettings(page: Page): Promise<void> {
  const account = newAccount();
  await new ApiClient(stack.urls.app).signUp(account);
  await page.goto("/sign-in?from=%2Fsettings");
  await signIn(page, account);
  await page.waitForURL("**/settings");
}

test("of two quick changes of a setting the last is kept, though the first is slower on its way", async () => {
  const page = await openPage();
  await openSettings(page);
  const held = await holdFirst(page, "**/trpc/settings.update**");
  const letters = page.getByRole("switch", { name: "E-mail notifications" });
  await letters.click();
  await letters.click();
  held.release();
  await expect.poll(held.answered).toBe(2);
  await page.reload();
  await expect.poll(() => letters.isChecked()).toBe(true);

  await page.goto("/billing");
  const heldScope = await holdFirst(page, "**/trpc/billing.updatePreferences**");
  await choose(page, "Credits that jobs may use", "Gifts");
  await choose(page, "Credits that jobs may use", "All credits");
  heldScope.release();
  await expect.poll(heldScope.answered).toBe(2);
  await page.reload();
  await expect.poll(() => page.getByRole("radio", { name: /^All credits/ }).isChecked()).toBe(true);
});

test("a language is shown on the next page, too, though the server does not know of it yet", async () => {
  const page = await openPage();
  await openSettings(page);
  const held = await holdFirst(page, "**/trpc/auth.updatePreferences**");
  const language = () => page.evaluate(() => document.documentElement.lang);
  await page.getByRole("radiogroup", { name: "Language" }).getByText("Русский").click();
  await expect.poll(language).toBe("ru");
  await page.getByRole("link", { name: "Кошелёк" }).click();
  await page.waitForURL("**/wallet");
  await page.getByRole("heading", { level: 1, name: "Кошелёк" }).waitFor();
  held.release();
  await expect.poll(held.answered).toBe(1);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Кошелёк" }).waitFor();
});

test("who goes back to their language while the words of the other are on their way keeps it", async () => {
  const page = await openPage();
  await openSettings(page);
  const words = await holdFirst(page, "**/assets/ru-*.js");
  const kept = await holdFirst(page, "**/trpc/auth.updatePreferences**");
  kept.release();
  const languages = page.getByRole("radiogroup", { name: "Language" });
  await languages.getByText("Русский").click();
  await expect.poll(() => languages.getByRole("radio", { name: "Русский" }).isChecked()).toBe(true);
  await languages.getByText("English").click();
  await expect.poll(() => languages.getByRole("radio", { name: "English" }).isChecked()).toBe(true);
  await expect.poll(kept.answered).toBe(2);
  words.release();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  expect(await languages.getByRole("radio", { name: "English" }).isChecked()).toBe(true);
});

test("where the live stream is blocked, the picture and the balance still come", async () => {
  const page = await openPage();
  await page.route("**/trpc/jobs.watch**", (route) => route.abort());
  await openNewStudio(page);
  await generate(page, "2 credits").click();
  await cards(page, "completed").waitFor();
  await expect.poll(() => page.getByTestId("balance").getAttribute("data-held")).toBe("0");
  await expect.poll(() => available(page)).toBe("8");
});

test("while the database is away the page says so, keeps the draft, and goes on by itself", async () => {
  const page = await openPage();
  await openNewStudio(page);
  await generate(page, "2 credits").waitFor();
  const database = new URL(stack.env.DATABASE_URL ?? "").pathname.slice(1);
  const elsewhere = connect(new URL("/template1", stack.env.DATABASE_URL).href, { role: null });
  const open = (isOpen: boolean) =>
    elsewhere.db.execute(sql.raw(`alter database ${database} allow_connections ${isOpen}`));
  const notice = page.getByText("We will be back in a moment.");
  try {
    await open(false);
    await elsewhere.db.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database}`);
    await page.reload();
    await notice.waitFor();
    await photograph(page, "outage-loading", false);
  } finally {
    await open(true);
    await elsewhere.close();
  }
  await generate(page, "2 credits").waitFor();
  await notice.waitFor({ state: "detached" });
  await generate(page, "2 credits").click();
  await cards(page, "completed").waitFor();
});

test("a cancel says what it costs, gives the credits back, and leaves the focus on its card", async () => {
  const page = await openPage();
  await openStudio(page, demo);
  const before = Number(await available(page));
  await choose(page, "Effort", "Ultra");
  await choose(page, "Quality", "Studio");
  await choose(page, "How many", "4");
  await page.getByRole("button", { name: /^Generate for 1\d\d credits$/ }).click();
  const running = cards(page, "processing").first();
  await running.waitFor();
  await running.getByRole("button", { name: "Cancel job" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Cancel this job?" });
  await dialog.getByText(/^It costs nothing: 1\d\d credits come back to you\.$/).waitFor();
  await dialog.getByRole("button", { name: "Cancel the job" }).press("Enter");
  const cancelled = cards(page, "cancelled").first();
  await cancelled.getByText("You cancelled this job").waitFor();
  await expect.poll(() => available(page)).toBe(String(before));
  await expect.poll(() => cancelled.evaluate((card) => card === document.activeElement)).toBe(true);
});

/** Answers about files carry addresses that have ended, as they have on a page that was left open for an hour. */
async function endAddresses(page: Page, procedures: RegExp): Promise<() => Promise<void>> {
  await page.route(procedures, async (route) => {
    const response = await route.fetch();
    const ended = (await response.text()).replaceAll(/X-Amz-Date=\d+T/g, "X-Amz-Date=20200101T");
    await route.fulfill({ response, body: ended });
  });
  return () => page.unroute(procedures);
}

test("expired download: a file is saved long after its address has ended; a deleted one says so in our words", async () => {
  const page = await openPage();
  const account = await openNewStudio(page);
  const renew = await endAddresses(page, /trpc\/.*assets\.(list|get)/);
  await page.goto("/library");
  await page.getByRole("link", { name: "Open coffee.png" }).click();
  const dialog = page.getByRole("dialog", { name: "coffee.png" });
  const download = dialog.getByRole("button", { name: "Download" });
  await download.waitFor();
  await renew();
  const [saved] = await Promise.all([page.waitForEvent("download"), download.click()]);
  expect(saved.suggestedFilename()).toBe("coffee.png");
  expect(await saved.failure()).toBeNull();
  const address = page.url();

  const assetId = new URL(address).pathname.split("/").at(-1);
  const elsewhere = await new ApiClient(stack.urls.app).signIn(account);
  await elsewhere.mutate("assets.delete", { assetIds: [assetId] });
  await download.click();
  await dialog.getByRole("alert").getByText("This file was deleted.").waitFor();
  await photograph(page, "download-deleted");
  expect(page.url()).toBe(address);
});

test("a picture whose address has ended is shown with a new one, and addresses are renewed before they end", async () => {
  const page = await openPage();
  await openNewStudio(page);
  const renew = await endAddresses(page, /trpc\/.*assets\.list/);
  await page.clock.install();
  await page.goto("/library");
  const picture = page.getByRole("link", { name: "Open coffee.png" }).locator("img");
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await renew();

  const asked = page.waitForRequest(/trpc\/.*assets\.list/);
  await page.clock.fastForward(41 * 60_000);
  await asked;
});
