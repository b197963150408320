import type { BillingEvent, BillingEventOf } from "@tintype/core/billing-events";
import type { InvoiceView, SavedCard } from "@tintype/core/billing-inputs";
import type { Pack, Plan } from "@tintype/core/catalogue";
import type { ModelTier } from "@tintype/core/generation";
import type { TopUpReason } from "@tintype/core/top-up";

/** What the provider signed and sent; `payload` is its own word and only read by whoever translates it. */
export type ProviderEvent = {
  id: string;
  type: string;
  /** When the provider made it, to the second. */
  occurredAt: Date;
  payload: unknown;
};

/** What the translation must know of us. */
export type Knowledge = {
  /** @returns null when the customer is nobody's */
  userOfCustomer: (customer: string) => Promise<string | null>;
  /** Who made a payment that is booked already: he stays known when the provider has forgotten the customer. */
  userOfPayment: (payment: string) => Promise<string | null>;
  /** The time of the newest state of a subscription that is written down; null: it is not known yet. */
  subscriptionKnownAt: (userId: string, subscription: string) => Promise<Date | null>;
  /** Whether this user is told that the invoice was tried in vain. */
  isInvoiceWaitedFor: (userId: string, invoice: string) => Promise<boolean>;
  now: () => Date;
};

/**
 * `ignored`: it means nothing to us. `unknown_user`: it would, if we knew whose it is. `not_ours`: it is about a user of
 * ours and about money that somebody else has asked for, as with an invoice made by hand at the provider.
 */
export type Translation = BillingEvent[] | "ignored" | "unknown_user" | "not_ours";

export type Order = {
  /** Made by the buyer's browser: the same request twice opens one checkout. */
  requestId: string;
  user: { id: string; email: string };
  customer: string;
  product: ({ kind: "pack" } & Pack) | ({ kind: "plan" } & Plan);
  /** Complete addresses; `{CHECKOUT_SESSION_ID}` in the first is filled in by the provider. */
  successUrl: string;
  cancelUrl: string;
  locale: "en" | "ru";
};

/** Nothing is bought: the buyer leaves a card for what they allow us later. */
export type CardRequest = Pick<
  Order,
  "requestId" | "user" | "customer" | "successUrl" | "cancelUrl" | "locale"
>;

export type CheckoutState = {
  userId: string | null;
  /** `processing`: the buyer is through, the money is on its way. `failed`: it will not come. */
  status: "open" | "expired" | "processing" | "failed" | "paid";
  /** Where our books will have it: a payment for a pack, a subscription for a plan. Null until there is one. */
  payment: string | null;
  subscription: string | null;
};

/** `next` is what the following page starts behind; null: this was the last one. */
export type InvoicePage = { items: InvoiceView[]; next: string | null };

export type PlanChange = {
  subscription: string;
  plan: Plan;
  /** The moment from which prorations count: the one of the preview, so that it costs what was shown. */
  at: Date;
};

/** `payUrl` is set when the change waits for money: the old plan stays until it is paid there. */
export type ChangeResult = { state: SubscriptionEvent; payUrl: string | null };
export type SubscriptionEvent = BillingEventOf<"subscription_changed">;

export type RefundRequest = {
  payment: string;
  /** Null: all that is left. */
  amountCents: number | null;
  idempotencyKey: string;
  /** Who wants it and why, for the provider's books: each up to 500 characters. */
  orderedBy: string;
  note: string;
  /** Told again in what the provider tells of this refund (`orderedAt`), so that no other is taken for it. */
  orderedAt?: Date;
};

/** What somebody owes for what went beyond the wallet, one line a tier of models. */
export type OverageBill = {
  /** Asked for again under the same id, it is the same bill. */
  id: string;
  userId: string;
  customer: string;
  /** On whose next invoice it goes; null: an invoice of its own. */
  subscription: string | null;
  lines: { tier: ModelTier; cents: number; credits: number }[];
};
/** `invoice` is null while it waits for the plan's next one; `isUnpaid`: its own was made and could not be collected. */
export type PlacedBill = { invoice: string | null; isUnpaid: boolean };

/**
 * What became of an invoice of a plan's next period. `paid`: by now. `waits`: for the bank (a debit), for its holder
 * (3-D Secure), or for the provider's next attempt after a decline. `left_alone`: it is not to be collected by itself.
 */
export type RenewalOutcome = "paid" | "waits" | "left_alone";

export type TopUpOrder = {
  /** Asked for again under the same id, it is bought once. */
  id: string;
  user: { id: string; email: string };
  customer: string;
  pack: Pack;
  /** Whether the user still wants it; if not, it is only asked what became of it. */
  isWanted: boolean;
};
/** `succeeded` and `processing`: the credits come with the webhook. */
export type TopUpResult =
  | { status: "succeeded" | "processing"; payment: string }
  | { status: "declined"; reason: TopUpReason; payment: string | null }
  | { status: "declined"; reason: "turned_off"; payment: null };

/** The bill of a subscription as it would be, in whole cents; `at` is when it is due. */
export type BillPreview = { amountCents: number; at: Date };

/** Everything that leaves us for the payment provider. Each call is over the network: never inside a transaction. */
export type PaymentProvider = {
  /** @throws WebhookRefused when the signature is not ours, or older than five minutes */
  verifyWebhook: (rawBody: string, signature: string) => ProviderEvent;
  /** Reads at the provider what the event leaves out. @throws when that cannot be read, or makes no sense */
  translate: (event: ProviderEvent, knowledge: Knowledge) => Promise<Translation>;

  /** @param requestId the same one makes one customer, however often it is sent */
  createCustomer: (user: { id: string; email: string }, requestId: string) => Promise<string>;
  /**
   * @returns null when the provider does not know the customer (any more)
   * @throws DomainError request_id_reused, plan_already_active: bought a moment ago, and our books do not know it yet
   */
  createCheckout: (order: Order) => Promise<{ id: string; url: string } | null>;
  findCheckout: (id: string) => Promise<CheckoutState | null>;
  /** The provider's own page for cards, addresses and invoices. @returns its address; null as above */
  openPortal: (customer: string, returnUrl: string, locale: "en" | "ru") => Promise<string | null>;
  /**
   * Newest first, with the receipts of what was paid without an invoice; of an unknown customer none. A page has so many
   * invoices. @param after what the page before has named as next
   */
  listInvoices: (customer: string, limit: number, after?: string) => Promise<InvoicePage>;
  /** Where a payment's invoice or receipt can be seen; null where there is none (yet). */
  findDocument: (payment: string) => Promise<string | null>;

  /** Null when there will be none: the plan ends, or the provider does not know it. */
  previewNextBill: (subscription: string) => Promise<BillPreview | null>;
  /** What a larger plan costs now, for the rest of the period. */
  previewUpgrade: (change: PlanChange) => Promise<BillPreview>;
  /** At once, or not at all when it is not paid. */
  upgrade: (change: PlanChange, requestId: string) => Promise<ChangeResult>;
  /** When the paid period is over. */
  changeAtPeriodEnd: (change: PlanChange, requestId: string) => Promise<ChangeResult>;
  cancelAtPeriodEnd: (subscription: string) => Promise<ChangeResult>;
  /** Takes back a cancel or a change that is planned for the period's end. */
  resume: (subscription: string) => Promise<ChangeResult>;
  /** From the next period on no bills and no new periods. What waits for the next bill is billed at once. */
  pause: (subscription: string, requestId: string) => Promise<ChangeResult>;
  /** @param startsAnew a new period begins now and is paid now; without it the present one, which is paid, goes on */
  unpause: (subscription: string, startsAnew: boolean, requestId: string) => Promise<ChangeResult>;
  /** @throws DomainError payments_unavailable (it may have been made: ask again with the same key), refund_refused */
  refund: (request: RefundRequest) => Promise<void>;

  /** Any number of times: once. @throws when the provider cannot be reached or refuses; nothing is asked for twice */
  billOverage: (bill: OverageBill) => Promise<PlacedBill>;
  /**
   * Finalises the draft of a plan's next period and collects it, without waiting for the provider's hour. Any number of
   * times, and in any race with the provider's own collection: it is paid once, and a decline is not tried again.
   * @throws when it cannot be reached, or refuses: ask again
   */
  collectRenewal: (invoice: string) => Promise<RenewalOutcome>;
  /** Drafts of a plan's next period that are to be collected: for when the event that names one was lost. */
  findRenewals: (subscription: string) => Promise<string[]>;
  /** Without the buyer, with what is saved. @throws when it is not known what became of it: ask again */
  topUp: (order: TopUpOrder) => Promise<TopUpResult>;
  /** What is saved and can pay when nobody is there; null when nothing is. */
  findCard: (customer: string) => Promise<SavedCard | null>;
  /** The provider's page for a card, without a purchase. @returns null when the customer is not known */
  saveCard: (request: CardRequest) => Promise<{ id: string; url: string } | null>;
};

/** The request is not from the provider, or is an old one that somebody sends again. */
export class WebhookRefused extends Error {
  override readonly name = "WebhookRefused";
}
