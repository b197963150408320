import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { validateCreditsConsistency } from "@tintype/db/consistency";
import { findViolations } from "@tintype/db/testing";
import { handledTypes } from "@tintype/integrations/payments/stripe/translate";
import { freePort } from "@tintype/local-cloud/ports";
import { type RunningStripe, startStripeEmulator } from "@tintype/local-cloud/stripe";
import { openStripeCli } from "@tintype/local-cloud/stripe/stripe-cli";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useTestServer } from "./testing.ts";

// Stripe's CLI makes the events with Stripe's own fixtures, the emulator signs and delivers them, our server books them.

const SECRET = "whsec_trigger";
const TIMEOUT_MS = 120_000;
const AT_ONCE = 3;

/** How the CLI brings about an event of a type that we handle, about a user of ours who has ordered something. */
type Trigger = {
  /** What `stripe trigger` is told; the type itself where nothing else stands. */
  event?: string;
  /** The steps of the fixture that carry our user id, as what we make at Stripe does. */
  about: string[];
  /** Whether it is told as the order of a pack of 100 credits. */
  isPack?: boolean;
  /** Further flags, where the fixture is about something that we do not sell or that moves no money. */
  flags?: string[];
  /** What the user may spend afterwards. */
  available: number;
  /** Of the event itself; an order that came to nothing leaves no trace in the wallet. */
  outcome: "applied" | "ignored";
};

const pack = (available: number, step = "payment_intent"): Trigger => ({
  ...{ about: [step], isPack: true, available, outcome: "applied" },
});
const checkout: Trigger = {
  ...{ about: ["checkout_session"], isPack: true, available: 100, outcome: "applied" },
};
/** By a transfer from the bank. */
const transfer = { ...checkout, flags: ["--override", "price:currency=usd"] };
const plan = (available: number): Trigger => ({
  ...{ about: ["subscription"], available, outcome: "applied" },
  flags: ["--skip", "product", "--override", "price:product=tintype_plan_creator"],
});
/** The fixture's own card only leads to an inquiry, which moves no money. */
const dispute: Trigger = {
  ...pack(0),
  flags: ["--override", "payment_intent:payment_method=pm_card_createDispute"],
};
/** One that is not for what we sell would not be ours. */
const invoice: Trigger = {
  ...{ about: ["invoice"], available: 0, outcome: "applied" },
  flags: ["--add", `invoice:metadata.overageBill=${randomUUID()}`],
};

const triggers: Record<string, Trigger> = {
  "checkout.session.completed": checkout,
  "checkout.session.async_payment_succeeded": transfer,
  "checkout.session.async_payment_failed": { ...transfer, available: 0 },
  "payment_intent.succeeded": pack(100),
  "payment_intent.payment_failed": pack(0),
  "invoice.paid": invoice,
  "invoice.payment_failed": invoice,
  "invoice.voided": invoice,
  "invoice.marked_uncollectible": invoice,
  // It begins unpaid and is none yet; the update that follows at once makes it one.
  "customer.subscription.created": { ...plan(1_800), outcome: "ignored" },
  "customer.subscription.updated": plan(1_800),
  "customer.subscription.deleted": plan(1_800),
  // A trial that has ended: its days were paid with nothing.
  "customer.subscription.paused": plan(1_800),
  "charge.refunded": pack(0),
  "refund.created": { ...pack(0), event: "charge.refunded" },
  "charge.refund.updated": pack(0),
  "refund.updated": { ...pack(0), event: "charge.refund.updated" },
  "charge.dispute.created": dispute,
  "charge.dispute.updated": dispute,
  "charge.dispute.closed": dispute,
  "charge.dispute.funds_withdrawn": { ...dispute, event: "charge.dispute.created" },
  "customer.deleted": { about: ["customer"], available: 0, outcome: "applied" },
};

/** What `stripe trigger` cannot bring about, and where it is tested instead. */
const withoutTrigger: Record<string, string> = {
  "customer.subscription.resumed": "the CLI has no fixture for it",
  "invoice.created":
    "means something of a renewal only, which takes a month: conformance/renewals.test.ts",
  "payment_intent.processing": "the same, of a renewal by bank debit: conformance/renewals.test.ts",
  "refund.failed": "the CLI has no fixture for it",
  "charge.dispute.funds_reinstated":
    "its fixture accepts the dispute, so the money never comes back",
};

const cli = openStripeCli();
const folder = mkdtempSync(path.join(tmpdir(), "tintype-trigger-"));
const [stripePort, ourPort] = [await freePort(), await freePort()];
const server = useTestServer({
  STRIPE_SECRET_KEY: "sk_test_trigger",
  STRIPE_WEBHOOK_SECRET: SECRET,
  STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`,
});
let stripe: RunningStripe;
let listening: ServerType;

beforeAll(async () => {
  listening = serve({ fetch: server.app.fetch, hostname: "127.0.0.1", port: ourPort });
  stripe = await startStripeEmulator({
    ...{ dataFolder: folder, port: stripePort, settings: { debitSeconds: 0 } },
    webhooks: [{ url: `http://127.0.0.1:${ourPort}/webhooks/stripe`, secret: SECRET }],
    retryDelaysMs: [5, 50, 500, 1_000],
  });
  // As our checkout makes it when somebody takes the plan for the first time.
  await post("products", { id: "tintype_plan_creator", name: "Creator" });
});
afterAll(async () => {
  await stripe.close();
  await new Promise((resolve) => listening.close(resolve));
  cli.close();
  rmSync(folder, { recursive: true });
});

async function post(to: string, params: Record<string, string>): Promise<void> {
  const headers = { authorization: `Bearer ${stripe.secretKey}` };
  const body = new URLSearchParams(params);
  const answer = await fetch(`${stripe.url}/v1/${to}`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}

type Row = Record<string, string | null>;
const rows = async (query: string): Promise<Row[]> => [
  ...(await server.database.db.execute<Row>(query)),
];

/** @returns the flags that make an event one about an order of this user */
function flagsOf({ about, isPack = false, flags = [] }: Trigger, userId: string): string[] {
  const order = isPack ? { kind: "pack", code: "bundle_30m", credits: "100" } : {};
  const metadata = Object.entries({ userId, userEmail: "ada@example.com", ...order });
  const added = about.flatMap((step) =>
    metadata.flatMap(([name, value]) => ["--add", `${step}:metadata.${name}=${value}`]),
  );
  return [...added, ...flags];
}

/** A few at a time: each is a process. */
async function triggerAll(work: (type: string, trigger: Trigger) => Promise<void>): Promise<void> {
  const left = Object.entries(triggers);
  const worker = async () => {
    for (let next = left.pop(); next; next = left.pop()) await work(...next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await stripe.controls.delivered(30_000);
}

/** Nothing waits or was given up, and every sum is right. */
async function expectConsistency() {
  const waiting = "select type, last_error from webhook_events where processed_at is null";
  expect(await rows(waiting)).toEqual([]);
  expect(stripe.controls.deliveries().filter(({ state }) => state !== "delivered")).toEqual([]);
  expect(await validateCreditsConsistency(server.database.db)).toEqual([]);
  expect(await findViolations(server.database)).toEqual([]);
}

test("every event that is handled has a trigger, or a reason why it has none", () => {
  const known = [...Object.keys(triggers), ...Object.keys(withoutTrigger)];
  expect(known.toSorted()).toEqual(handledTypes.toSorted());
});

test(
  "stripe trigger, about people who are not ours: stored and ignored, and nothing happens",
  async () => {
    await triggerAll(async (type, { event = type, flags }) => {
      expect(await cli.trigger(stripe, event, flags)).toContain("Trigger succeeded!");
    });
    await expectConsistency();
    const outcomes = await rows("select distinct type, outcome from webhook_events");
    expect(outcomes.filter(({ outcome }) => outcome === "applied")).toEqual([]);
    const types = new Set(outcomes.map(({ type }) => type));
    expect(Object.keys(triggers).filter((type) => !types.has(type))).toEqual([]);
    for (const table of ["payments", "subscriptions", "failed_payments", "credit_grants"]) {
      expect(await rows(`select * from ${table}`), table).toEqual([]);
    }
    expect(await rows("select name from pgboss.job")).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "stripe trigger, about users of ours: each event has its effect, and the books balance",
  async () => {
    const users = new Map<string, string>();
    await triggerAll(async (type, trigger) => {
      const userId = randomUUID();
      users.set(type, userId);
      await rows(
        `insert into users (id, email, created_at) values ('${userId}', '${userId}@example.com', now())`,
      );
      const flags = flagsOf(trigger, userId);
      expect(await cli.trigger(stripe, trigger.event ?? type, flags)).toContain(
        "Trigger succeeded!",
      );
    });
    await expectConsistency();
    // An event names the user, or the payment that is theirs.
    const told = await rows(
      `select u.id as user_id, e.type, e.outcome from users u left join payments p on p.user_id = u.id
       join webhook_events e
         on e.payload::text like '%' || u.id || '%' or e.payload::text like '%' || p.reference || '%'`,
    );
    const wallets = await rows("select user_id, available from wallets");
    const found = Object.keys(triggers).map((type) => {
      const userId = users.get(type);
      const outcome = told.find((each) => each.user_id === userId && each.type === type)?.outcome;
      const available = wallets.find((each) => each.user_id === userId)?.available;
      return `${type}: ${outcome ?? "not told"}, ${available ?? 0} available`;
    });
    expect(found).toEqual(
      Object.entries(triggers).map(
        ([type, { outcome, available }]) => `${type}: ${outcome}, ${available} available`,
      ),
    );
  },
  TIMEOUT_MS,
);
