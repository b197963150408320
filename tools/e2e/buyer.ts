import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { delivered, emulator, expectBooksEqual } from "./books.ts";
import { openPage } from "./open-page.ts";
import { type Account, type E2eStack, newAccount } from "./stack.ts";

/** Stripe's own test cards. */
export const cards = {
  good: "4242 4242 4242 4242",
  /** Can be saved, and then every charge is declined. */
  declinesLater: "4000 0000 0000 0341",
  /** Pays; what is refunded comes back from the bank a second later. */
  refundFails: "4000 0000 0000 5126",
  /** Its bank asks the holder, each time. */
  asks: "4000 0027 6000 3184",
};

const DAY_MS = 86_400_000;
/** Shorter than half of a session's life: whoever comes by in the meantime stays signed in. */
const STEP_MS = 14 * DAY_MS;

/** Somebody with a browser who buys, and for whom time can pass. */
export class Buyer {
  readonly page: Page;
  readonly #stack: E2eStack;
  readonly errors: string[];

  constructor(stack: E2eStack, page: Page, errors: string[]) {
    this.#stack = stack;
    this.page = page;
    this.errors = errors;
  }

  static async open(stack: E2eStack, browser: Browser): Promise<Buyer> {
    const errors: string[] = [];
    return new Buyer(stack, await openPage(stack, browser, { errors }), errors);
  }

  button = (name: string | RegExp) => this.page.getByRole("button", { name });
  dialog = () => this.page.getByRole("dialog");
  heading = (name: string | RegExp) => this.page.getByRole("heading", { name });
  balance = async () =>
    Number(await this.page.getByTestId("balance").getAttribute("data-available"));

  choose = (group: string, option: string) =>
    this.page
      .getByRole("group", { name: group })
      .locator("label")
      .filter({ hasText: option })
      .first()
      .click();

  async signUp(account: Account = newAccount()): Promise<Account> {
    await this.page.clock.setFixedTime(this.now());
    await this.page.goto("/sign-up");
    await this.page.getByLabel("E-mail").fill(account.email);
    await this.page.getByLabel("Choose a password").fill(account.password);
    await this.button("Create account").click();
    await this.page.waitForURL("**/studio");
    return account;
  }

  /** Fills in a form of the provider's own pages, as a person does. */
  async enterCard(number: string): Promise<void> {
    await this.page.getByLabel("Card number").fill(number);
    await this.page.getByLabel("Expiry").fill("12 / 40");
    await this.page.getByLabel("Security code").fill("123");
    await this.page.getByLabel("Name on card").fill("A Buyer");
  }

  /** On the checkout's page. */
  async pay(number: string): Promise<void> {
    await this.page.waitForURL("**/c/pay/**");
    await this.enterCard(number);
    await this.button(/^(Pay|Subscribe)/).click();
  }

  /** From the price list to the page that says how many credits have come. */
  async buyPack(name: string, card = cards.good): Promise<void> {
    await this.page.goto("/pricing?returnTo=/billing");
    await this.button(`Buy ${name}`).click();
    await this.pay(card);
    await this.heading(/are in your wallet$/).waitFor();
  }

  async subscribe(name: string, card = cards.good): Promise<void> {
    await this.page.goto("/pricing?returnTo=/billing");
    if (name.endsWith("Annual")) await this.choose("How you pay", "Yearly");
    await this.button(`Subscribe to ${name}`).click();
    await this.pay(card);
    await this.heading(/are in your wallet$/).waitFor();
    await this.button("Billing").click();
    await this.page.waitForURL("**/billing");
  }

  /** In the provider's portal, from the page that leads there. */
  async saveCard(number: string, way = "Open the customer portal"): Promise<void> {
    await this.button(way).click();
    await this.addCard(number);
  }

  /** On the portal's page, and back. */
  async addCard(number: string): Promise<void> {
    await this.page.waitForURL("**/p/session/**");
    await this.page.getByText("Add a card").click();
    await this.enterCard(number);
    await this.button("Save card").click();
    await this.page
      .getByText(`ending in ${number.slice(-4)}`)
      .first()
      .waitFor();
    await this.page.getByRole("link", { name: /Back/ }).click();
    await this.page.waitForURL("**/billing");
  }

  /** The time as this stack has it: whoever waits, all others get older with him. */
  now = (): number =>
    Date.now() + Number(readFileSync(this.#stack.env.CLOCK_FILE ?? "", "utf8")) * 1_000;

  /**
   * Until that time, for Stripe, for the product and in the browser. What falls due on the way happens then and is told;
   * now and then our person comes by, so nobody has to sign in again. At the end /billing is open.
   */
  async waitUntil(time: number): Promise<void> {
    while (this.now() < time) {
      const stepMs = Math.min(STEP_MS, time - this.now());
      await emulator(this.#stack, "advance", { seconds: Math.ceil(stepMs / 1_000) });
      await delivered(this.#stack);
      await this.page.clock.setFixedTime(this.now());
      await this.page.request.get("/trpc/credits.balance");
    }
    await this.page.goto("/billing");
    await this.heading("Billing").waitFor();
  }

  waitDays = (days: number) => this.waitUntil(this.now() + days * DAY_MS);

  booksEqual = () => expectBooksEqual(this.#stack);
}
