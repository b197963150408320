import type { PaymentKind } from "@tintype/core/billing";
import type { Stripe } from "stripe";
import type { Order, RefundRequest } from "../payments.ts";

/**
 * What travels with an order to Stripe and comes back in its events: who bought, under which address (seed 003 wants
 * both), what, and the credits that were promised. Stripe hands it on from the payment to its charge.
 */
export type OrderMetadata = {
  userId: string;
  userEmail: string;
  kind: string;
  code: string;
  credits: string;
};

export const metadataOf = ({ user, product }: Order): OrderMetadata => ({
  userId: user.id,
  userEmail: user.email,
  kind: product.kind,
  code: product.code,
  credits: product.kind === "pack" ? String(product.credits) : "0",
});

/** The kinds that are paid for by themselves; plans and overage come as invoices. */
const orderKinds: readonly PaymentKind[] = ["pack", "top_up"];

export type ReadOrder = { kind: PaymentKind; code: string; credits: number };

/** @returns null for what was not ordered here. @throws when an order of ours is not complete */
export function orderOf(metadata: Stripe.Metadata | null): ReadOrder | null {
  const kind = orderKinds.find((known) => known === metadata?.kind);
  if (!metadata || !kind) return null;
  const { code, credits } = metadata;
  if (!code || credits === undefined || !/^\d{1,9}$/.test(credits)) {
    throw new Error(`the metadata of a ${kind} does not say what was bought`);
  }
  return { kind, code, credits: Number(credits) };
}

/** Who wanted it and why, for whoever looks at Stripe's books; when, so that its events can be told from another's. */
export const refundMetadata = ({ orderedBy, note, orderedAt }: RefundRequest) => ({
  ...{ orderedBy, note },
  ...(orderedAt && { orderedAt: orderedAt.toISOString() }),
});

/** @returns undefined for a refund that was not ordered here */
export function refundOrderedAt(metadata: Stripe.Metadata | null): Date | undefined {
  const time = Date.parse(metadata?.orderedAt ?? "");
  return Number.isNaN(time) ? undefined : new Date(time);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const userIdIn = (metadata: Stripe.Metadata | null | undefined): string | null =>
  metadata?.userId !== undefined && UUID.test(metadata.userId) ? metadata.userId : null;

const PLAN_PRODUCT = "tintype_plan_";

/** Every plan is one product under a name of ours, so that an invoice line tells the plan by itself. */
export const planProductId = (code: string): string => `${PLAN_PRODUCT}${code}`;

/** @returns null for a product that is none of our plans */
export const planCodeOf = (product: string | { id: string } | null | undefined): string | null => {
  const id = typeof product === "string" ? product : product?.id;
  return id?.startsWith(PLAN_PRODUCT) ? id.slice(PLAN_PRODUCT.length) : null;
};
