import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient, type ApiProblem } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { lettersTo } from "./letters.ts";
import { openPage, PATIENCE_MS, signIn } from "./open-page.ts";
import { photograph } from "./photos.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

// Strangers come from addresses that a proxy writes down; the browser's own is that of its connection.
// And it is the one that waits for confirmed addresses, as a server outside development does.
const stack = useStack({ TRUST_PROXY_HOPS: "1", REQUIRE_VERIFIED_EMAIL: "true" });
const errors: string[] = [];
let browser: Browser;
const open = (): Promise<Page> => openPage(stack, browser, { errors });

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

async function signUp(page: Page, account = newAccount()) {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Choose a password").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/studio");
  return account;
}

test("who is faster than the page's code is signed in once it has come, and their password is in no address", async () => {
  const page = await open();
  const account = await signUp(page);
  // Away from the page, which would notice and lead to another form.
  await page.goto("about:blank");
  await page.context().clearCookies();
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  let release = () => {};
  const late = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    await late;
    await route.continue();
  });
  await page.goto("/sign-in?from=/wallet", { waitUntil: "commit" });
  await signIn(page, account);
  expect(page.url()).toContain("/sign-in?from=");
  release();
  await page.waitForURL("**/wallet");
  expect(addresses.filter((address) => address.includes("password"))).toEqual([]);
  await page.close();
});

test("a password that is tried first is said to be weak while it is typed, and refused without the rest being lost", async () => {
  const page = await open();
  const lists: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("strength-worker")) lists.push(request.url());
  });
  const account = newAccount();
  const password = page.getByLabel("Choose a password");
  const submit = page.getByRole("button", { name: "Create account" });
  const strength = page.getByRole("meter", { name: "Strength of the password" });
  const place = async () => (await submit.boundingBox())?.y;
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(account.email);
  expect(lists).toEqual([]);
  const before = await place();

  await password.pressSequentially("1234567890");
  await page.getByText("It is on the lists that are tried first").waitFor();
  expect(await strength.getAttribute("aria-valuetext")).toBe("Weak.");
  expect(lists).toHaveLength(1);
  expect(await place()).toBe(before);
  await photograph(page, "sign-up-weak");
  expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([]);
  await password.fill(account.email);
  await page.getByText("Leave out your e-mail address").waitFor();
  // An address that is corrected afterwards counts as well.
  await page.getByLabel("E-mail").fill(newAccount().email);
  await page.getByText("Leave out your e-mail address").waitFor({ state: "hidden" });
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByText("Leave out your e-mail address").waitFor();

  await submit.click();
  await page.locator('input[name="password"][aria-invalid="true"]').waitFor();
  expect(await page.getByText("Leave out your e-mail address").count()).toBe(1);
  expect(await page.getByLabel("E-mail").inputValue()).toBe(account.email);
  expect(await password.inputValue()).toBe(account.email);
  expect(await place()).toBe(before);
  await photograph(page, "sign-up-refused");
  expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([]);

  await password.fill(account.password);
  await page.getByText("Strong.").waitFor();
  expect(await password.getAttribute("aria-invalid")).toBeNull();
  expect(await place()).toBe(before);
  await photograph(page, "sign-up-strong");
  await submit.click();
  await page.waitForURL("**/studio");
  await page.close();

  const russian = await openPage(stack, browser, { errors, locale: "ru-RU" });
  await russian.goto("/reset-password?token=x");
  await russian.getByLabel("Придумайте пароль").fill("йцукенгшщз");
  await russian.getByText("Он есть в списках").waitFor();
  await photograph(russian, "reset-password-weak");
  await russian.close();
});

/** @returns how often a wrong password was refused, and how often it was not even looked at */
async function siege(email: string, from: (each: number) => string | undefined, tries: number) {
  const codes = Array.from({ length: tries }, async (_, each) => {
    const address = from(each);
    const stranger = new ApiClient(stack.urls.app, address ? { "x-forwarded-for": address } : {});
    return stranger.signIn({ email, password: "wrong" }).then(
      () => "in",
      (problem: ApiProblem) => problem.problem?.code,
    );
  });
  return (await Promise.all(codes)).filter((code) => code === "too_many_attempts").length;
}

test("lock-out: strangers try hundreds of passwords, and the owner signs in at once", async () => {
  const page = await open();
  const account = await signUp(page);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/settings"));

  // From the owner's own address, from one more with a new port each time, and from a hundred.
  expect(await siege(account.email, () => undefined, 20)).toBe(15);
  expect(await siege(account.email, (each) => `203.0.113.5:${1_000 + each}`, 20)).toBe(15);
  for (let net = 0; net < 5; net++) {
    await siege(account.email, (each) => `198.51.${net}.${each}`, 20);
  }
  const stranger = await open();
  await stranger.goto("/sign-in");
  await signIn(stranger, account);
  await stranger.getByText("Too many attempts").waitFor();
  await photograph(stranger, "sign-in-slowed");

  await page.goto("/sign-in");
  await signIn(page, account);
  await page.waitForURL("**/studio");
  // Going back leads to no form, but on to work.
  await page.goBack();
  await page.waitForURL("**/studio");

  const letter = await eventually("the letter about it", PATIENCE_MS, async () => {
    const mails = await lettersTo(stack, account.email);
    return mails.find(({ subject }) => subject === "Many wrong passwords for your account");
  });
  expect(letter.text).toContain(`${stack.urls.app}/forgot-password`);
  await stranger.close();
  await page.close();
});

test("a newcomer's credits wait for the link in the letter, which somebody who is not signed in cannot use", async () => {
  const page = await open();
  const account = await signUp(page);
  const balance = page.getByTestId("balance");
  expect(await balance.getAttribute("data-available")).toBe("0");
  await page.getByText(`We have sent a link to ${account.email}`).waitFor();
  await photograph(page, "verify-notice");
  await page.goto("/rewards");
  await page.getByRole("button", { name: /^Collect/ }).click();
  await page.getByText("Confirm your e-mail address first").waitFor();

  const letter = await eventually("the letter with the link", PATIENCE_MS, async () => {
    const mails = await lettersTo(stack, account.email);
    return mails.find(({ subject }) => subject === "Confirm your e-mail address");
  });
  const [link = ""] = /http\S+verify-email\S+/.exec(letter.text) ?? [];
  const elsewhere = await open();
  await signUp(elsewhere);
  await elsewhere.goto(link);
  await elsewhere.getByRole("button", { name: "Confirm this address" }).click();
  await elsewhere.getByText("This link is no longer good").waitFor();
  await photograph(elsewhere, "verify-not-mine");
  await elsewhere.close();

  const phone = await open();
  await phone.goto(link);
  await phone.waitForURL("**/sign-in**");
  await signIn(phone, account);
  await phone.getByText(`Confirm that ${account.email} is yours`).waitFor();
  await photograph(phone, "verify-email");
  await phone.getByRole("button", { name: "Confirm this address" }).click();
  await phone.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
  await photograph(phone, "verify-done");
  await phone.getByRole("link", { name: "Go to the studio" }).click();
  await phone.waitForURL("**/studio");
  await phone.close();

  await expect.poll(() => balance.getAttribute("data-available")).toBe("10");
  await page.goto("/settings");
  await page.getByText(`${account.email} is yours.`).waitFor();
  await photograph(page, "settings-verified");
  await page.close();
});

test("no page threw an error on the way", () => {
  expect(errors).toEqual([]);
});
