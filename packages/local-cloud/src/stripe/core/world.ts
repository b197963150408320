import { randomBytes } from "node:crypto";
import type { Stripe } from "stripe";
import { noSuch } from "./errors.ts";
import type { Store } from "./store.ts";
import type { TableName, Tables, TaskKind } from "./tables.ts";

export const API_VERSION = "2026-10-28.endive";

/** How failed payments of subscriptions are retried, as one sets it in Stripe's dashboard. */
export type Dunning = {
  /** Days from one failure to the next attempt. */
  retryAfterDays: number[];
  /** What becomes of the subscription when no attempt is left. */
  finally: "cancel" | "unpaid" | "past_due";
};

export type Settings = {
  dunning: Dunning;
  /** Seconds a renewal's invoice stays a draft; an hour at Stripe. */
  draftSeconds: number;
  /**
   * From a finalisation that was asked for to the attempt that Stripe makes by itself; 0: within the call. Stripe's own
   * comes some time after its answer, and races whoever calls `pay` (twentyhq/twenty#21097).
   */
  collectSeconds: number;
  /** Days before a renewal on which `invoice.upcoming` is sent. */
  upcomingDays: number;
  /** Seconds until a bank debit succeeds or fails; days at Stripe. */
  debitSeconds: number;
};

/** What happens elsewhere when something happens here. Given at the start, so that the files that
 * handle payments need not know those that handle subscriptions. */
export type Reactions = {
  paymentSettled(world: World, intent: Stripe.PaymentIntent): void;
  paymentFailed(world: World, intent: Stripe.PaymentIntent): void;
  setupSettled(world: World, intent: Stripe.SetupIntent): void;
  invoicePaid(world: World, invoice: Stripe.Invoice): void;
  invoiceFailed(world: World, invoice: Stripe.Invoice): void;
  invoiceClosed(world: World, invoice: Stripe.Invoice): void;
  customerGone(world: World, subscription: Stripe.Subscription): void;
};

/** The emulator's state and time, passed to everything that happens in it. */
export class World {
  readonly store: Store;
  readonly settings: Settings;
  readonly reactions: Reactions;
  readonly #milliseconds: () => number;
  /** Address of the hosted pages, known once the server listens. */
  url = "";
  /** The request that is being answered, for the events it causes. */
  request: Stripe.EventBase["request"] = null;
  /** Events of the open transaction, handed to the deliveries when it commits. */
  readonly fresh: string[] = [];

  constructor(store: Store, settings: Settings, reactions: Reactions, milliseconds: () => number) {
    this.store = store;
    this.settings = settings;
    this.reactions = reactions;
    this.#milliseconds = milliseconds;
  }

  /** Seconds since 1970, on a test clock or on the emulator's own. */
  now(clock: string | null = null): number {
    const test = clock ? this.store.get("test_helpers.test_clock", clock) : undefined;
    if (test) return test.frozen_time;
    return Math.floor(this.milliseconds() / 1_000);
  }

  /** The machine's time, moved by as much as a person or a test advanced the emulator's clock. */
  milliseconds(): number {
    return this.#milliseconds() + this.movedSeconds() * 1_000;
  }

  movedSeconds(): number {
    return Number(this.store.get("setting", "advanced_seconds")?.value ?? 0);
  }

  id(prefix: string): string {
    return `${prefix}_${randomText(24)}`;
  }

  clientSecret(id: string): string {
    return `${id}_secret_${randomText(24)}`;
  }

  /** The object, or Stripe's "No such …". Given in a parameter, a missing one is a bad request. */
  must<N extends TableName>(table: N, id: string, param?: string): Tables[N] {
    const found = this.store.get(table, id);
    if (found) return found;
    throw noSuch(NAMES[table] ?? table, id, param, param === undefined ? 404 : 400);
  }

  /** A customer that has not been deleted. */
  customer(id: string, param?: string): Stripe.Customer {
    const customer = this.must("customer", id, param);
    if (!customer.deleted) return customer;
    throw noSuch("customer", id, param, param === undefined ? 404 : 400);
  }

  /** Replaces what the change names and gives the new object. */
  change<N extends TableName>(table: N, id: string, change: Partial<Tables[N]>): Tables[N] {
    const next = { ...this.must(table, id), ...change } as Tables[N];
    this.store.put(table, next);
    return next;
  }

  clockOf(customer: string | null): string | null {
    const found = customer === null ? undefined : this.store.get("customer", customer);
    return found && !found.deleted ? idOrNull(found.test_clock) : null;
  }

  /** Replaces the task of the same kind and subject. */
  schedule(kind: TaskKind, subject: string, at: number, clock: string | null): void {
    this.store.put("task", { id: `${kind} ${subject}`, kind, subject, at, clock });
  }

  unschedule(kind: TaskKind, subject: string): void {
    const id = `${kind} ${subject}`;
    if (this.store.get("task", id)) this.store.remove("task", id);
  }
}

const NAMES: Partial<Record<TableName, string>> = {
  "checkout.session": "checkout.session",
  invoiceitem: "invoiceitem",
  payment_method: "PaymentMethod",
  "test_helpers.test_clock": "test clock",
  "billing_portal.configuration": "configuration",
  webhook_endpoint: "webhook endpoint",
};

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

type Reference = string | { id: string };

/** In the store a reference is always an id; Stripe's types allow the expanded object as well. */
export const idOf = (reference: Reference): string =>
  typeof reference === "string" ? reference : reference.id;

export const idOrNull = (reference: Reference | null | undefined): string | null =>
  reference ? idOf(reference) : null;

export const listOf = <T>(data: T[], url: string, hasMore = false): Stripe.ApiList<T> => ({
  object: "list",
  data,
  has_more: hasMore,
  url,
});

/** On the wire a decimal is a text; the SDK makes its Decimal of it when it reads an answer. */
export const decimal = (value: number): Stripe.Decimal =>
  String(value) as unknown as Stripe.Decimal;
