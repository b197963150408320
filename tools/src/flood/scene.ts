import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import { type RunningStripe, startStripeEmulator } from "@tintype/local-cloud/stripe";
import { type BenchDatabase, createBenchDatabase, startBenchServer } from "../bench/database.ts";
import { type Child, startOurServer } from "../bench/servers.ts";
import { openPostBox } from "./post-box.ts";

export const WEBHOOK_SECRET = "whsec_flood";

/** Everything a flood happens in: durable books, Stripe's stand-in, our server as it runs in production. */
export type Scene = {
  database: BenchDatabase;
  stripe: RunningStripe;
  /** The calls that a person makes in Stripe's dashboard, or our schedule. */
  payments: PaymentProvider;
  server: Child;
  /** What Stripe has told; our server has heard nothing of it yet. */
  told: string[];
  stop: () => Promise<void>;
};

/**
 * @param users with a session, a wallet of five grants and no job, from 1 on
 * @param serverUrl a PostgreSQL to make a database in, which stays; without it a durable one that goes with the scene
 */
export async function openScene(users: number, serverUrl?: string): Promise<Scene> {
  const folder = mkdtempSync(path.join(tmpdir(), "tintype-flood-"));
  const closers: (() => Promise<unknown> | unknown)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const postgres = serverUrl === undefined ? await startBenchServer() : { url: serverUrl };
    if ("stop" in postgres) closers.push(postgres.stop);
    const name = `flood_${randomUUID().replaceAll("-", "")}`;
    const database = await createBenchDatabase(postgres.url, { name, users, jobsPerUser: 0 });
    const box = await openPostBox();
    closers.push(box.close);
    const start = Date.now();
    const stripe = await startStripeEmulator({
      dataFolder: folder,
      webhooks: [{ url: box.url, secret: WEBHOOK_SECRET }],
      // Its time stands still: all events are of one second, the worst case for their order.
      now: () => start,
    });
    closers.push(stripe.close);
    const { url: apiBase, secretKey } = stripe;
    const server = await startOurServer(database.url, {
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_API_BASE: apiBase,
    });
    closers.push(server.stop);
    const payments = createStripePayments({ secretKey, webhookSecret: WEBHOOK_SECRET, apiBase });
    return { database, stripe, payments, server, told: box.bodies, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
