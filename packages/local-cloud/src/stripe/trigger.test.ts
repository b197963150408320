import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStripe, type TestStripe } from "./testing.ts";

// Stripe's own CLI with Stripe's own fixtures: a client that nobody here wrote. Every event that the
// product handles must come out of it.

/** The CLI's binary: one that STRIPE_CLI names, or the one of its package for this platform. */
function binary(): string {
  if (process.env.STRIPE_CLI) return process.env.STRIPE_CLI;
  const cli = createRequire(createRequire(import.meta.url).resolve("@stripe/cli/package.json"));
  const platforms = cli("./platforms.json") as Record<string, { pkg: string; bin: string }>;
  const name = `${process.platform}-${process.arch}`;
  const platform = platforms[name];
  if (!platform) throw new Error(`@stripe/cli has no binary for ${name}; name one in STRIPE_CLI.`);
  try {
    const manifest = cli.resolve(`${platform.pkg}/package.json`);
    return path.join(path.dirname(manifest), "bin", platform.bin);
  } catch (cause) {
    throw new Error(`${platform.pkg} is not installed; name a Stripe CLI in STRIPE_CLI.`, {
      cause,
    });
  }
}

const home = mkdtempSync(path.join(tmpdir(), "tintype-stripe-cli-"));
let stripe: TestStripe;

beforeAll(async () => {
  stripe = await startTestStripe({ settings: { debitSeconds: 0 } });
});
afterAll(async () => {
  await stripe.stop();
  rmSync(home, { recursive: true, force: true });
});

async function trigger(event: string): Promise<string> {
  const { url, secretKey } = stripe.emulator;
  // The closed proxy keeps the CLI from asking the internet for newer versions of itself.
  const env = { HOME: home, HTTPS_PROXY: "http://127.0.0.1:9", STRIPE_CLI_TELEMETRY_OPTOUT: "1" };
  const args = ["trigger", event, "--api-base", url, "--api-key", secretKey];
  const { stdout } = await promisify(execFile)(binary(), args, { env, timeout: 10_000 });
  return stdout;
}

const PAYMENTS = [
  ...["checkout.session.completed", "checkout.session.expired"],
  ...["checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"],
  ...[
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
  ],
  ...[
    "payment_intent.canceled",
    "payment_intent.processing",
    "charge.succeeded",
    "charge.captured",
  ],
  ...["charge.failed", "charge.refunded", "charge.refund.updated", "charge.dispute.created"],
  ...["charge.dispute.updated", "charge.dispute.closed", "setup_intent.succeeded"],
  ...["setup_intent.setup_failed", "payment_method.attached", "payment_method.detached"],
];

const BILLING = [
  ...["customer.created", "customer.updated", "customer.deleted", "customer.subscription.created"],
  ...["customer.subscription.updated", "customer.subscription.deleted"],
  ...["customer.subscription.paused", "customer.subscription.trial_will_end"],
  ...["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"],
  ...["invoice.payment_failed", "invoice.payment_action_required", "invoice.voided"],
  ...["invoice.marked_uncollectible", "invoice.sent", "invoice.updated", "invoiceitem.created"],
  ...["subscription_schedule.created", "subscription_schedule.updated"],
  ...["subscription_schedule.released", "subscription_schedule.canceled"],
  ...["test_helpers.test_clock.ready", "price.updated", "product.deleted"],
  ...["billing_portal.session.created", "billing_portal.configuration.updated"],
];

describe("stripe trigger", () => {
  test.each([...PAYMENTS, ...BILLING])("%s runs through and is delivered", async (event) => {
    expect(await trigger(event)).toContain("Trigger succeeded!");
    expect(await stripe.heard()).toContain(event);
  });

  test.each([
    ["subscription.payment_succeeded", "invoice.payment_succeeded"],
    ["subscription.payment_failed", "invoice.payment_failed"],
  ])("%s is told of as %s", async (name, event) => {
    expect(await trigger(name)).toContain("Trigger succeeded!");
    expect(await stripe.heard()).toContain(event);
  });

  test("a refund is told of by its own event too", async () => {
    await trigger("charge.refunded");
    expect(await stripe.heard()).toContain("refund.created");
  });
});
