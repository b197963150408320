import { randomUUID } from "node:crypto";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { launchBrowser } from "./browser.ts";
import { openPage, signIn } from "./open-page.ts";
import { newAccount, useStack } from "./stack.ts";

const stack = useStack();
const coffee = path.join(rootDir, "fixtures/coffee.png");
/** A cat that fills the frame: for the generator, a photo without a product. */
const cat = path.join(rootDir, "fixtures/chelsea.png");

let browser: Browser;
let page: Page;
const pageErrors: string[] = [];
beforeAll(async () => {
  browser = await launchBrowser();
  page = await openPage(stack, browser, { errors: pageErrors });
});
afterAll(() => browser?.close());

const balance = () => page.getByTestId("balance");
const card = (status: string) =>
  page.locator(`[data-testid="job-card"][data-status="${status}"]`).first();
const generate = (price: string) =>
  page.getByRole("button", { name: `Generate for ${price}`, exact: true });
/** Radio buttons are native, but drawn by their label. */
const choose = (group: string, option: string) =>
  page
    .getByRole("group", { name: group })
    .locator("label")
    .filter({ hasText: option })
    .first()
    .click();

async function uploadPhoto(file: string): Promise<void> {
  await page.locator('input[type="file"]').first().setInputFiles(file);
  await page.getByRole("img", { name: /^Chosen photo/ }).waitFor();
}

/** Waits until `count` cards have ended so, and for the balance that must go with it. */
async function expectBalance(available: number): Promise<void> {
  const shown = () => balance().getAttribute("data-available");
  await expect.poll(shown).toBe(String(available));
}

const account = newAccount();

test("a visitor signs up and gets the welcome credits", async () => {
  const { email, password } = account;
  await page.goto("/");
  await page.getByRole("link", { name: "Start with a photo" }).first().click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Choose a password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/studio");
  await expectBalance(10);
});

test("pressing Generate without a photo says what is missing", async () => {
  await generate("5 credits").click();
  await page.getByText("A photo is missing").waitFor();
});

test("a real photo becomes a picture, at the price on the button", async () => {
  await uploadPhoto(coffee);
  await choose("Scene", "Marble");
  await generate("5 credits").click();
  await card("completed").waitFor({ timeout: 120_000 });
  const result = card("completed").getByRole("img", { name: /^tintype-marble/ });
  await result.waitFor();
  const pixels = await result.evaluate((image: HTMLImageElement) => image.naturalWidth);
  expect(pixels).toBe(1024);
  await expectBalance(5);
});

test("the compare slider moves with the keyboard", async () => {
  const slider = card("completed").getByRole("slider", { name: "Compare before and after" });
  await slider.focus();
  await page.keyboard.press("End");
  expect(await slider.inputValue()).toBe("100");
});

test("a three-second video is made, plays and seeks", async () => {
  await choose("Picture or video", "Video");
  await choose("Quality", "Proof");
  const length = page.getByRole("slider", { name: "Length" });
  await length.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await generate("3 credits").click();
  const video = page.locator('[data-testid="job-card"] video').first();
  await video.waitFor({ timeout: 120_000 });
  const played = await video.evaluate(async (element: HTMLVideoElement) => {
    const happened = (name: string) =>
      new Promise<void>((resolve) =>
        element.addEventListener(name, () => resolve(), { once: true }),
      );
    element.muted = true;
    if (element.readyState < 1) await happened("loadedmetadata");
    await element.play();
    await happened("timeupdate");
    element.pause();
    const seeked = happened("seeked");
    element.currentTime = 2;
    await seeked;
    return { duration: element.duration, at: element.currentTime, width: element.videoWidth };
  });
  expect(played.duration).toBeCloseTo(3, 0);
  expect(played.at).toBeCloseTo(2, 1);
  expect(played.width).toBe(640);
  await expectBalance(2);
});

test("a photo without a subject is explained and refunded", async () => {
  await choose("Picture or video", "Picture");
  await choose("Quality", "Proof");
  await page.locator('input[type="file"]').first().setInputFiles(cat);
  await page.getByRole("img", { name: "Chosen photo: chelsea.png" }).waitFor();
  await generate("2 credits").click();
  await card("failed").waitFor({ timeout: 120_000 });
  await card("failed").getByText("We could not find a product in the photo").waitFor();
  await card("failed").getByText("2 credits came back").waitFor();
  await expectBalance(2);
});

test("the history explains every credit and agrees with the balance", async () => {
  await balance().click();
  await page.waitForURL("**/wallet");
  await page.getByRole("heading", { level: 1, name: "Wallet" }).waitFor();
  for (const change of ["+10", "−5", "−3", "−2", "+2"]) {
    await page.getByText(change, { exact: true }).first().waitFor();
  }
});

test("the library has both results and the photos; a reload keeps everything", async () => {
  await page.goto("/library");
  await page.getByRole("heading", { level: 1, name: "Library" }).waitFor();
  const files = page.getByLabel(/^Open /);
  await expect.poll(() => files.count()).toBe(4);
  await page.reload();
  await expectBalance(2);
});

test("signing out ends the session; the studio asks to sign in", async () => {
  await page.goto("/settings");
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/settings"));
  await page.goto("/studio");
  await page.waitForURL("**/sign-in**");
});

/** What a browser would take for a script, a document or another host. */
const elsewhere = [
  ...["javascript:alert(1)", "data:text/html,x", "https://evil.example/", "//evil.example"],
  ...[
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/.//evil.example",
  ],
];
const called = (address: string, key: string, value: string) =>
  `${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams({ [key]: value })}`;
/** Whatever may be pressed on the page leads to a page of ours. */
async function expectOwnLinks(): Promise<void> {
  const origin = new URL(stack.urls.app).origin;
  const links = await page
    .locator("a[href]")
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  for (const link of links) expect(new URL(link).origin, link).toBe(origin);
  for (const link of links) expect(link).not.toMatch(/evil|alert|text\/html/);
}

test("an address that says where to go next leads to pages of ours only, for visitors", async () => {
  for (const value of elsewhere) {
    for (const [address, key] of [
      ["/sign-in", "from"],
      ["/sign-up", "from"],
      ["/pricing?choose=bundle_30m", "returnTo"],
    ] as const) {
      await page.goto(called(address, key, value));
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await expectOwnLinks();
    }
  }
  await page.goto(called("/sign-in", "from", "javascript:alert(1)"));
  await signIn(page, account);
  await page.waitForURL((url) => url.pathname === "/studio");
});

test("and for whoever comes back from paying or wants to buy", async () => {
  const { origin } = new URL(stack.urls.app);
  const checkout = (returnTo: string) =>
    page.request.post("/trpc/billing.startCheckout", {
      data: { kind: "pack", code: "bundle_30m", returnTo, requestId: randomUUID() },
      headers: { origin },
    });
  const opened = (await (await checkout("/studio")).json()) as {
    result: { data: { sessionId: string } };
  };
  const { sessionId } = opened.result.data;
  for (const value of elsewhere) {
    await page.goto(called(`/billing/return?session=${sessionId}`, "returnTo", value));
    await page.getByRole("heading", { name: "Nothing has been paid yet" }).waitFor();
    await expectOwnLinks();
    await page.getByRole("button", { name: "See the wallet" }).click();
    await page.waitForURL((url) => url.pathname === "/wallet");
    // What the page asks for is judged again by the server, which hands it to the payment provider.
    expect((await checkout(value)).status(), value).toBe(400);
  }
});

test("no page threw an error on the way", () => {
  expect(pageErrors).toEqual([]);
});
