import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { WebhookRefused } from "../payments.ts";
import { createStripePayments } from "./stripe-payments.ts";

const webhookSecret = "whsec_test";
const TEN_MINUTES_MS = 600_000;
const TOLERANCE_MS = 300_000;

/** As the provider signs it, at so many milliseconds since 1970. */
function delivery(at: number) {
  const event = { id: "evt_1", object: "event", type: "ping", created: 1, data: { object: {} } };
  const body = JSON.stringify(event);
  const seconds = Math.floor(at / 1_000);
  const signature = createHmac("sha256", webhookSecret).update(`${seconds}.${body}`).digest("hex");
  return { body, signature: `t=${seconds},v1=${signature}` };
}

test("the age of a webhook is told by the clock that is given: a machine that is ahead loses no payment", () => {
  const rightNow = Date.now() - TEN_MINUTES_MS;
  const ahead = createStripePayments({
    ...{ secretKey: "sk_test", webhookSecret },
    now: () => new Date(rightNow),
  });
  const fresh = delivery(rightNow);
  expect(ahead.verifyWebhook(fresh.body, fresh.signature)).toMatchObject({ id: "evt_1" });
  const old = delivery(rightNow - TOLERANCE_MS - 2_000);
  expect(() => ahead.verifyWebhook(old.body, old.signature)).toThrow(WebhookRefused);
});
