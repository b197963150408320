import { randomUUID } from "node:crypto";
import type { RunningStripe } from "@tintype/local-cloud/stripe";
import type { HttpConnection } from "../bench/http-client.ts";
import { mutation, userId } from "../bench/requests.ts";
import type { Scene } from "./scene.ts";

/** Somebody who bought something, and what was promised for it. */
export type Buyer = {
  userId: string;
  customer: string;
  story: string;
  credits: number;
  /** As Stripe has it in the end. */
  plan: { id: string; status: string; cancel_at_period_end: boolean } | null;
};

/** As Stripe has it: what the checkout made. */
type Purchase = { customer: string; payment: string; subscription: string | null };
type Product = { kind: "pack" | "plan"; code: string };
type Story = {
  name: string;
  product: Product;
  /** What is promised for the money; refunds and disputes take their share of it. */
  credits: number;
  cards: readonly string[];
  after?: (scene: Scene, purchase: Purchase) => Promise<unknown> | unknown;
};

const GOOD = "4242 4242 4242 4242";
const DECLINED = "4000 0000 0000 0002";
type Bought = Pick<Story, "product" | "credits" | "cards">;
const PACK: Bought = {
  ...{ product: { kind: "pack", code: "bundle_30m" }, credits: 1_800, cards: [GOOD] },
};
const PLAN: Bought = {
  ...{ product: { kind: "plan", code: "creator" }, credits: 1_800, cards: [GOOD] },
};

/** What people do with their money, each in a life of its own. */
const stories: readonly Story[] = [
  { name: "pack", ...PACK },
  { name: "plan", ...PLAN },
  { ...PACK, name: "declined, then paid", cards: [DECLINED, GOOD] },
  { name: "refunded in part", ...PACK, after: (scene, bought) => refund(scene, bought, 475) },
  { name: "refunded", ...PACK, after: (scene, bought) => refund(scene, bought, null) },
  { name: "plan refunded", ...PLAN, after: (scene, bought) => refund(scene, bought, null) },
  { name: "disputed", ...PACK, after: dispute },
  { name: "dispute won", ...PACK, after: (scene, bought) => dispute(scene, bought, "won") },
  { name: "dispute lost", ...PACK, after: (scene, bought) => dispute(scene, bought, "lost") },
  {
    ...{ name: "plan cancelled", ...PLAN },
    after: ({ payments }, { subscription }) => payments.cancelAtPeriodEnd(subscription ?? ""),
  },
];

/** The n-th life, through the pages of our server and Stripe's. Stripe tells of it, and nobody listens yet. */
export async function live(scene: Scene, connection: HttpConnection, n: number): Promise<Buyer> {
  const { stripe } = scene;
  const story = stories[n % stories.length] as Story;
  const order = { ...story.product, returnTo: "/billing", requestId: randomUUID() };
  const answer = await connection.ask(mutation(n, "billing.startCheckout", order));
  const { sessionId } = (JSON.parse(answer) as Checkout).result.data;
  for (const number of story.cards) {
    stripe.controls.payCheckout(sessionId, { number, email: "ada@example.com", name: "Ada" });
  }
  const bought = await purchaseOf(stripe, sessionId);
  await story.after?.(scene, bought);
  const { customer, subscription } = bought;
  const plan =
    subscription === null
      ? null
      : await read<NonNullable<Buyer["plan"]>>(stripe, `subscriptions/${subscription}`);
  return { userId: userId(n), customer, story: story.name, credits: story.credits, plan };
}

type Checkout = { result: { data: { sessionId: string } } };

const refund = (
  { payments }: Scene,
  { payment }: Purchase,
  amountCents: number | null,
): Promise<void> =>
  payments.refund({
    ...{
      payment,
      amountCents,
      idempotencyKey: `refund:${payment}`,
      orderedBy: "flood",
      note: "asked for",
    },
  });

function dispute({ stripe }: Scene, { payment }: Purchase, outcome?: "won" | "lost"): void {
  const { id } = stripe.controls.dispute(payment);
  if (outcome) stripe.controls.closeDispute(id, outcome);
}

type Session = {
  customer: string;
  payment_intent: string | null;
  subscription: string | null;
  invoice: string | null;
};

/** Asked at Stripe and not in our books, with words of our own: what is audited must not be what we believe. */
async function purchaseOf(stripe: RunningStripe, sessionId: string): Promise<Purchase> {
  const session = await read<Session>(stripe, `checkout/sessions/${sessionId}`);
  const { customer, subscription } = session;
  const payment = session.payment_intent ?? (await paymentOf(stripe, session.invoice));
  return { customer, subscription, payment };
}

async function paymentOf(stripe: RunningStripe, invoice: string | null): Promise<string> {
  type Paid = { data: { payment: { payment_intent: string } }[] };
  const { data } = await read<Paid>(stripe, `invoice_payments?invoice=${invoice}`);
  const [paid] = data;
  if (!paid) throw new Error(`nobody has paid ${invoice}`);
  return paid.payment.payment_intent;
}

async function read<T>({ url, secretKey }: RunningStripe, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${secretKey}` };
  const answer = await fetch(`${url}/v1/${path}`, { headers });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as T;
}
