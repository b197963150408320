import { randomUUID } from "node:crypto";
import { users } from "@tintype/db/schema";
import { type DatabaseSignals, openSignals } from "@tintype/db/signals";
import { grantCredits } from "@tintype/services/credits/grants";
import { eq } from "drizzle-orm";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { PATIENCE_MS } from "./open-page.ts";
import { type Account, newAccount, useStack } from "./stack.ts";

// Two streams a user: a browser needs one, so that a second and nobody after it has one as well.
const stack = useStack({ STREAMS_PER_USER: "2" });
let browser: Browser;
let signals: DatabaseSignals;
beforeAll(async () => {
  browser = await launchBrowser();
  signals = await openSignals(stack.env.DATABASE_URL ?? "", (error) => {
    throw error;
  });
});
afterAll(async () => {
  await browser?.close();
  await signals?.close();
});

/** A browser of somebody: its tabs share the session, six connections to a server, and locks. */
async function openBrowser(account: Account) {
  const context = await browser.newContext({ baseURL: stack.urls.app, locale: "en-US" });
  context.setDefaultTimeout(PATIENCE_MS);
  const streams = watchStreams(context);
  const login = await context.request.post("/trpc/auth.signIn", {
    data: account,
    headers: { origin: stack.urls.app },
  });
  expect(login.ok()).toBe(true);
  const open = async () => {
    const page = await context.newPage();
    await page.goto("/wallet");
    await page.getByTestId("balance").waitFor();
    return page;
  };
  return { context, streams, open };
}

/** @returns the pages that have a stream open */
function watchStreams(context: BrowserContext): () => Set<Page> {
  const open = new Map<object, Page>();
  const isStream = (url: string) => url.includes("/trpc/jobs.watch");
  context.on("request", (request) => {
    if (isStream(request.url())) open.set(request, request.frame().page());
  });
  context.on("requestfinished", (request) => open.delete(request));
  context.on("requestfailed", (request) => open.delete(request));
  return () => new Set([...open.values()].filter((page) => !page.isClosed()));
}

const account = async () => {
  const created = newAccount();
  await new ApiClient(stack.urls.app).signUp(created);
  return created;
};
const shown = (pages: Page[]) =>
  Promise.all(pages.map((page) => page.getByTestId("balance").getAttribute("data-available")));
const all = (pages: Page[], available: number) => pages.map(() => String(available));

/** Credits that no page had a part in. */
async function give({ email }: Account, amount: number): Promise<void> {
  const { db } = stack.database;
  const [user] = await db.select({ id: users.id }).from(users).where(eq(users.email, email));
  const userId = user?.id ?? "";
  await grantCredits(db, {
    ...{ userId, amount, source: "adjustment", category: "promo" },
    ...{ idempotencyKey: randomUUID(), now: new Date() },
    actor: { actorKind: "system", actorId: "test" },
  });
  signals.userChanged(userId);
}

test("ten tabs of one user: each opens, one stream serves them all, and each has the right balance", async () => {
  const user = await account();
  const { context, streams, open } = await openBrowser(user);
  const pages: Page[] = [];
  for (let tab = 0; tab < 10; tab++) pages.push(await open());
  expect(await shown(pages)).toEqual(all(pages, 10));
  await expect.poll(() => streams().size).toBe(1);

  await give(user, 7);
  await expect.poll(() => shown(pages)).toEqual(all(pages, 17));
  expect(streams().size).toBe(1);

  // The leader is closed, and the next one's process is killed: another takes over, and nothing is lost.
  for (const [round, end] of [(page: Page) => page.close(), crash].entries()) {
    const [leader] = streams();
    if (!leader) throw new Error("no tab has a stream");
    await end(leader);
    pages.splice(pages.indexOf(leader), 1);
    await give(user, 1);
    await expect.poll(() => shown(pages)).toEqual(all(pages, 18 + round));
    await expect.poll(() => [...streams()].filter((page) => pages.includes(page)).length).toBe(1);
  }
  await context.close();
});

async function crash(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // Never answered: who should answer is gone.
  void devtools.send("Page.crash").catch(() => undefined);
  await crashed;
}

test("a leader that the browser freezes or puts aside gives up its stream, and another tab goes on with it", async () => {
  const user = await account();
  const { context, streams, open } = await openBrowser(user);
  const [first, second] = [await open(), await open()];
  await expect.poll(() => [...streams()].indexOf(first)).toBe(0);
  // Chromium freezes no page that is shown, and under Playwright all are: the page is told as it would be.
  await first.evaluate(() => document.dispatchEvent(new Event("freeze")));
  await expect.poll(() => streams().has(second)).toBe(true);
  expect(streams().has(first)).toBe(false);

  await give(user, 5);
  await expect.poll(() => shown([second])).toEqual(["15"]);
  await first.evaluate(() => document.dispatchEvent(new Event("resume")));
  await expect.poll(() => shown([first, second])).toEqual(["15", "15"]);
  await second.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide")));
  await expect.poll(() => streams().has(first)).toBe(true);
  expect(streams().size).toBe(1);
  await context.close();
});

test("a leader that hangs without a word is replaced by a tab that somebody looks at", async () => {
  const user = await account();
  const { context, streams, open } = await openBrowser(user);
  const [first, second] = [await open(), await open()];
  await expect.poll(() => [...streams()]).toEqual([first]);
  // Its scripts stand still, as in a browser that suspends a tab without an event; its lock and its stream stay open.
  const devtools = await context.newCDPSession(first);
  await devtools.send("Debugger.enable");
  await devtools.send("Debugger.pause");
  void first.evaluate(() => 1).catch(() => undefined);

  await expect.poll(() => streams().has(second)).toBe(true);
  await give(user, 5);
  await expect.poll(() => shown([second])).toEqual(["15"]);
  await devtools.send("Debugger.resume");
  await devtools.send("Debugger.disable");
  await expect.poll(() => [...streams()]).toEqual([second]);
  await expect.poll(() => shown([first, second])).toEqual(["15", "15"]);
  await context.close();
});

test("a tab that has been hidden for a minute holds no stream; shown again it has one and is current", async () => {
  const user = await account();
  const { context, streams, open } = await openBrowser(user);
  await context.clock.install();
  const page = await open();
  await expect.poll(() => streams().size).toBe(1);
  // Under Playwright every page counts as shown, so the page is told.
  await page.evaluate(setHidden, true);
  await page.clock.runFor(59_000);
  expect(streams().size).toBe(1);
  await page.clock.runFor(2_000);
  await expect.poll(() => streams().size).toBe(0);

  await give(user, 5);
  await page.clock.runFor(60_000);
  expect(await shown([page])).toEqual(["10"]);
  await page.evaluate(setHidden, false);
  await expect.poll(() => shown([page])).toEqual(["15"]);
  await expect.poll(() => streams().size).toBe(1);
  await context.close();
});

function setHidden(isHidden: boolean): void {
  const state = isHidden ? "hidden" : "visible";
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}

test("a browser whose stream is refused, or that has no locks, asks instead and shows the right balance", async () => {
  const user = await account();
  const browsers = [await openBrowser(user), await openBrowser(user)];
  const served: Page[] = [];
  for (const { open } of browsers) served.push(await open());
  for (const { streams } of browsers) await expect.poll(() => streams().size).toBe(1);

  const refused = await openBrowser(user);
  const without = await openBrowser(user);
  await without.context.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined }),
  );
  const asking = [await refused.open(), await without.open()];
  await expect.poll(() => refused.streams().size).toBe(0);
  expect(without.streams().size).toBe(0);
  await give(user, 3);
  await expect.poll(() => shown([...served, ...asking])).toEqual(all([...served, ...asking], 13));
  for (const { context } of [...browsers, refused, without]) await context.close();
});

test("signing out everywhere from another device sends every tab to the sign-in page", async () => {
  const user = await account();
  const { context, streams, open } = await openBrowser(user);
  const pages = [await open(), await open(), await open()];
  await expect.poll(() => streams().size).toBe(1);
  await (await new ApiClient(stack.urls.app).signIn(user)).mutate("auth.signOutEverywhere");
  for (const page of pages) await page.waitForURL("**/sign-in**");
  expect(streams().size).toBe(0);
  await context.close();
});

test("a tab of one user never shows what is another's, even where tabs cannot see who signed in", async () => {
  const [first, second] = [await account(), await account()];
  await give(second, 90);
  const { context, streams, open } = await openBrowser(first);
  // Without storage no tab learns that another one has signed somebody else in.
  await context.addInitScript(() =>
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    }),
  );
  const page = await open();
  await expect.poll(() => streams().size).toBe(1);
  const seen: unknown[] = [];
  await page.exposeFunction("saw", (text: string) => seen.push(text));
  await page.evaluate(() => {
    const chip = document.querySelector("[data-testid=balance]");
    new MutationObserver(() =>
      (window as unknown as { saw: (text: unknown) => void }).saw(
        chip?.getAttribute("data-available"),
      ),
    ).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-available"] });
  });
  const headers = { origin: stack.urls.app };
  await context.request.post("/trpc/auth.signOut", { headers, data: {} });
  await context.request.post("/trpc/auth.signIn", { headers, data: second });
  const other = await open();
  expect(await shown([other])).toEqual(["100"]);

  // The page loads again, as the other user's, before it shows anything of theirs.
  await expect.poll(() => shown([page])).toEqual(["100"]);
  expect(seen).not.toContain("100");
  await context.close();
});
