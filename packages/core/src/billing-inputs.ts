import { z } from "zod";
import type { SubscriptionStatus, WebhookOutcome } from "./billing.ts";
import type { Pack, Plan } from "./catalogue.ts";
import { instant } from "./instant.ts";
import { isOwnPath, MAX_OWN_PATH } from "./own-path.ts";
import { inputText } from "./text.ts";

const productCode = inputText({ min: 1, max: 100 });
/** Made by the buyer's browser: sent twice, it is one checkout or one change. */
const requestId = z.uuid();
const returnTo = inputText({ max: MAX_OWN_PATH, keepsSpaces: true })
  .refine(isOwnPath, "a page of ours and nothing else")
  .default("/billing");

/** The page that waits for the webhook; Stripe fills in which checkout it was. */
export const CHECKOUT_RETURN_PATH = "/billing/return";

export const startCheckoutInput = z.object({
  kind: z.enum(["pack", "plan"]),
  code: productCode,
  returnTo,
  requestId,
});
export type StartCheckoutInput = z.infer<typeof startCheckoutInput>;
export type StartedCheckout = { sessionId: string; url: string };

/** Parts of /billing that want a card, by their anchors there. */
export const cardPlaces = ["payment-method", "overage", "top-up"] as const;
export type CardPlace = (typeof cardPlaces)[number];

/** `place`: where the buyer was asked for a card, and is led back to. */
export const saveCardInput = z.object({ place: z.enum(cardPlaces), requestId });
export type SaveCardInput = z.infer<typeof saveCardInput>;

/** What pays when nobody is there. `brand` in the provider's words: "visa", and "sepa_debit" for what is no card. */
export type SavedCard = {
  brand: string;
  last4: string | null;
  expires: { month: number; year: number } | null;
};

export const checkoutStatusInput = z.object({
  sessionId: inputText({ max: 204, keepsSpaces: true }).regex(/^cs_\w{1,200}$/),
});
export type CheckoutStatusInput = z.infer<typeof checkoutStatusInput>;
/**
 * `pending`: the buyer is through and the news has not reached our books. `paid`: it has, and so many credits came with
 * it. `open`: nobody has paid yet; `expired`: nobody will. `processing`: the buyer's bank takes days to move the money;
 * `failed`: it has refused to.
 */
export type CheckoutStatus = {
  status: "open" | "expired" | "processing" | "failed" | "pending" | "paid";
  credits: number;
};

export const openPortalInput = z.object({ returnTo });
export type OpenPortalInput = z.infer<typeof openPortalInput>;

export const invoicesInput = z.object({
  cursor: inputText({ max: 204, keepsSpaces: true })
    .regex(/^in_\w{1,200}$/)
    .optional(),
  limit: z.int().min(1).max(50).default(12),
});
export type InvoicesInput = z.infer<typeof invoicesInput>;

export type InvoiceView = {
  id: string;
  number: string | null;
  createdAt: Date;
  status: "open" | "paid" | "void" | "uncollectible";
  totalCents: number;
  /** Where it can be seen and, if open, paid; and as a PDF. */
  url: string | null;
  pdfUrl: string | null;
};

export const previewChangeInput = z.object({ planCode: productCode });
export type PreviewChangeInput = z.infer<typeof previewChangeInput>;

/** So long a preview may be confirmed: what it costs is reckoned from its moment. */
export const PREVIEW_MAX_AGE_MS = 60 * 60_000;

export type ChangePreview = {
  /** A larger plan begins at once, anything else when the paid period is over. */
  begins: "now" | "period_end";
  effectiveAt: Date;
  dueNowCents: number;
  /** What comes at once for `dueNowCents`; nothing that came for an earlier change comes again. */
  creditsNow: number;
  /** What the plan costs each month or year from then on. */
  priceCents: number;
  /** To be sent along when it is confirmed. */
  previewedAt: Date;
};

export const changePlanInput = z.object({ planCode: productCode, previewedAt: instant, requestId });
export type ChangePlanInput = z.infer<typeof changePlanInput>;

/** Sent twice, nothing is billed twice. */
export const pauseInput = z.object({ requestId });
export type PauseInput = z.infer<typeof pauseInput>;

/** `agreesToPay`: what was shown said that a new month begins, at its price. */
export const unpauseInput = z.object({ requestId, agreesToPay: z.boolean() });
export type UnpauseInput = z.infer<typeof unpauseInput>;

/** `payUrl`: the bank or the card wants something of the buyer first; until then the old plan stays. */
export type ChangedPlan = { payUrl: string | null };

export type BillingCatalogue = {
  plans: Plan[];
  packs: Pack[];
  currentPlanCode: string | null;
  /** The plan that takes its place when the paid period is over. */
  nextPlanCode: string | null;
  /** How the plan they have stands; null without one. */
  planStatus: SubscriptionStatus | null;
  /** The plan somebody had last, as long as there is no other. */
  endedPlan: EndedPlan | null;
  /** Whether anything can be bought here: the operator has named a payment provider. */
  isOpen: boolean;
};

/** `wasUnpaid`: it ended because it could not be collected. */
export type EndedPlan = { name: string; endedAt: Date; wasUnpaid: boolean };

export type FailedPaymentView = {
  /** False of an invoice for use beyond the wallet: the plan does not wait for it. */
  isPlan: boolean;
  amountDueCents: number;
  attempts: number;
  nextAttemptAt: Date | null;
  payUrl: string | null;
  failedAt: Date;
};

export type SubscriptionView = {
  plan: Plan;
  status: SubscriptionStatus;
  periodStart: Date;
  periodEnd: Date;
  cancelAtPeriodEnd: boolean;
  nextPlanCode: string | null;
  /** Null when there will be none. */
  nextBill: { amountCents: number; at: Date } | null;
  /** False while the payment provider, who reckons it, cannot be reached. */
  isNextBillKnown: boolean;
  /** Whether the period that runs has been paid. */
  isPaid: boolean;
  /** Whether the plan can be paused as it stands: a month's plan of which nothing else is planned. */
  canPause: boolean;
  /** Of a paused plan: what is due when it goes on. Nothing within a period that is paid; null when it is not paused, or not known. */
  resumeCents: number | null;
  /** The period has begun and is being paid, which takes a moment; the allowance comes with it. */
  isRenewing: boolean;
  /** The same by bank debit, which takes days: until the money is there the new period has no allowance. */
  debit: { amountDueCents: number; startedAt: Date } | null;
  failedPayment: FailedPaymentView | null;
};

export const listWebhookEventsInput = z.object({
  show: z.enum(["all", "waiting", "unknown_user"]).default("all"),
  cursor: inputText({ max: 300, keepsSpaces: true }).optional(),
  limit: z.int().min(1).max(100).default(50),
});
export type ListWebhookEventsInput = z.infer<typeof listWebhookEventsInput>;

export const replayWebhookEventInput = z.object({ eventId: inputText({ min: 1, max: 200 }) });
export type ReplayWebhookEventInput = z.infer<typeof replayWebhookEventInput>;

export type WebhookEventView = {
  id: string;
  type: string;
  occurredAt: Date;
  receivedAt: Date;
  processedAt: Date | null;
  /** Null: it is not booked yet. */
  outcome: WebhookOutcome | null;
  attempts: number;
  lastError: string | null;
  /** Whether it can be told again: what is old and booked has been forgotten. */
  hasPayload: boolean;
};
