import { addMonths } from "@tintype/core/periods";
import { connect } from "@tintype/db/client";
import {
  assets,
  creditEvents,
  disputes,
  failedPayments,
  generationJobs,
  paidPeriods,
  payments,
  plans,
  stripeCustomers,
  subscriptions,
  userPreferences,
  wallets,
} from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { getAsset, listAssets } from "./assets/list-assets.ts";
import { checkoutStatus } from "./billing/checkout-status.ts";
import { getBillingCatalogue, getSubscription } from "./billing/get-subscription.ts";
import { listInvoices } from "./billing/list-invoices.ts";
import { listOpenDisputes } from "./billing/list-open-disputes.ts";
import { listPayments } from "./billing/list-payments.ts";
import { getBillingPreferences } from "./billing/preferences.ts";
import type { ServiceContext, UserActor } from "./context.ts";
import { exportHistory } from "./credits/export-history.ts";
import { getBalance } from "./credits/get-balance.ts";
import { getCreditReceipt } from "./credits/get-credit-receipt.ts";
import { getWallet } from "./credits/get-wallet.ts";
import { listHistory } from "./credits/list-history.ts";
import { wholeFile } from "./credits/testing.ts";
import { findJobRow, getJob } from "./jobs/get-job.ts";
import { getReceipt } from "./jobs/get-receipt.ts";
import { listJobs } from "./jobs/list-jobs.ts";
import { submitJob } from "./jobs/submit-job.ts";
import { watchUser } from "./live/watch-user.ts";
import { readAsUser } from "./read-as-user.ts";
import { imageRequest, useTestServices } from "./testing.ts";

const services = useTestServices();
const { userWithCredits } = services;

async function userWithJob() {
  const ctx = await userWithCredits(20);
  const request = await imageRequest(ctx);
  const { id: jobId } = await submitJob(ctx, request);
  return { ctx, jobId, assetId: request.inputAssetId };
}

test("a read that forgets its where, or names another user, finds nothing of others", async () => {
  const owner = await userWithJob();
  const { ctx } = await userWithJob();
  const { userId } = ctx.actor;
  for (const table of [assets, creditEvents, generationJobs, wallets]) {
    const rows = await readAsUser(ctx, (tx) => tx.select().from(table));
    expect(new Set(rows.map((row) => row.userId))).toEqual(new Set([userId]));
  }
  const theirs = readAsUser(ctx, (tx) => findJobRow(tx, owner.ctx.actor.userId, owner.jobId));
  expect(await theirs).toBeUndefined();
});

/** Somebody who has a plan, a payment, an unpaid invoice, a customer at the provider, and a limit. */
async function pays({ ctx }: { ctx: ServiceContext<UserActor> }) {
  const { db, actor, now } = ctx;
  const { userId } = actor;
  const at = now();
  const [plan] = await db.select({ code: plans.code }).from(plans).limit(1);
  const month = { periodStart: at, periodEnd: addMonths(at, 1) };
  await db.insert(subscriptions).values({
    ...{ userId, reference: "sub_1", planCode: plan?.code ?? "", interval: "month", ...month },
    ...{ status: "active", stateAt: at, createdAt: at, updatedAt: at },
  });
  await db.insert(payments).values({
    ...{ userId, reference: "pi_1", kind: "plan", paidCents: 100, currency: "usd" },
    ...{ paidAt: at, updatedAt: at },
  });
  await db.insert(disputes).values({
    ...{ userId, reference: "du_1", paymentReference: "pi_1", disputedCents: 1, status: "open" },
    ...{ stateAt: at, updatedAt: at },
  });
  await db.insert(paidPeriods).values({
    ...{ userId, reference: "il_1", subscriptionReference: "sub_1", planCode: plan?.code ?? "" },
    ...{ paymentReference: "pi_1", startsAt: at, endsAt: month.periodEnd, createdAt: at },
    allowanceCredits: 1,
  });
  await db.insert(failedPayments).values({
    ...{ userId, invoiceReference: "in_1", amountDueCents: 5, retryCount: 1 },
    ...{ failedAt: at, createdAt: at, updatedAt: at },
  });
  const customer = { customerId: `cus_${userId}`, requestId: userId, createdAt: at };
  await db.insert(stripeCustomers).values({ userId, ...customer });
  await db.insert(userPreferences).values({ userId, overageLimitCents: 7, updatedAt: at });
}

/** A provider that knows of the user what the user's books say, and nothing else. */
const provider = ({ actor }: ServiceContext<UserActor>) =>
  ({
    previewNextBill: () => Promise.resolve(null),
    findCheckout: () =>
      Promise.resolve({
        ...{ userId: actor.userId, status: "paid", payment: null, subscription: "sub_1" },
      }),
    listInvoices: () => Promise.resolve({ items: [{}], next: null }),
  }) as unknown as PaymentProvider;
const paying = (ctx: ServiceContext<UserActor>) => ({ ...ctx, payments: provider(ctx) });

type Setting = { ctx: ServiceContext<UserActor>; jobId: string; assetId: string };

/** Each read of a user, as a number of things found. */
const reads: Record<string, (setting: Setting) => Promise<number>> = {
  "credits/get-balance": async ({ ctx }) => (await getBalance(ctx)).available,
  "credits/list-history": async ({ ctx }) => (await listHistory(ctx, { limit: 10 })).items.length,
  "credits/get-wallet": async ({ ctx }) =>
    (await getWallet(ctx, { timeZone: "UTC" })).buckets.length,
  "credits/get-credit-receipt": async ({ ctx }) => found(getCreditReceipt(ctx, { seq: 1 })),
  "credits/export-history": async ({ ctx }) =>
    (await wholeFile(exportHistory(ctx, {}))).trimEnd().split("\r\n").length - 1,
  "jobs/list-jobs": async ({ ctx }) => (await listJobs(ctx, { limit: 10 })).items.length,
  "jobs/get-job": async ({ ctx, jobId }) => found(getJob(ctx, { jobId })),
  "jobs/get-job, its photo": async ({ ctx, jobId }) =>
    (await getJob(ctx, { jobId })).input ? 1 : 0,
  "jobs/get-receipt": async ({ ctx, jobId }) => (await getReceipt(ctx, { jobId })).events.length,
  "live/watch-user": watched,
  "assets/list-assets": async ({ ctx }) => (await listAssets(ctx, { limit: 10 })).items.length,
  "assets/get-asset": async ({ ctx, assetId }) => found(getAsset(ctx, { assetId })),
  "billing/catalogue": async ({ ctx }) =>
    (await getBillingCatalogue(paying(ctx))).currentPlanCode === null ? 0 : 1,
  "billing/get-subscription": async ({ ctx }) => ((await getSubscription(paying(ctx))) ? 1 : 0),
  "billing/get-subscription, its failed payment": async ({ ctx }) =>
    (await getSubscription(paying(ctx)))?.failedPayment ? 1 : 0,
  "billing/checkout-status": async ({ ctx }) =>
    (await checkoutStatus(paying(ctx), { sessionId: "cs_1" })).status === "paid" ? 1 : 0,
  "billing/list-payments": async ({ ctx }) => (await listPayments(ctx, { limit: 10 })).items.length,
  "billing/list-open-disputes": async ({ ctx }) => (await listOpenDisputes(ctx)).length,
  "billing/list-invoices": async ({ ctx }) =>
    (await listInvoices(paying(ctx), { limit: 10 })).items.length,
  "billing/preferences": async ({ ctx }) =>
    (await getBillingPreferences(ctx)).overageLimitCents ?? 0,
};

async function found(read: Promise<unknown>): Promise<number> {
  await read;
  return 1;
}

/** The first thing a stream says: the newest job, unless there is none to be seen. */
async function watched({ ctx }: Setting): Promise<number> {
  const stopping = new AbortController();
  const { value } = await watchUser(ctx, stopping.signal).next();
  stopping.abort();
  return value?.type === "job" ? 1 : 0;
}

const nothingFound = (error: unknown): number => {
  expect(error).toMatchObject({ problem: { code: expect.stringMatching(/(_|^)not_found$/) } });
  return 0;
};

test("every read of a user is decided by the policies: without them it finds nothing", async () => {
  const setting = await userWithJob();
  await pays(setting);
  for (const [name, read] of Object.entries(reads)) {
    expect([name, await read(setting)]).not.toEqual([name, 0]);
  }

  const owner = connect(services.parts.database.url, { role: null });
  await owner.db.execute(sql`
    do $$ declare v_policy record; begin
      for v_policy in select tablename, policyname from pg_policies where 'tintype_user' = any(roles)
      loop execute format('drop policy %I on %I', v_policy.policyname, v_policy.tablename); end loop;
    end $$`);
  await owner.close();
  for (const [name, read] of Object.entries(reads)) {
    expect([name, await read(setting).catch(nothingFound)]).toEqual([name, 0]);
  }
});
