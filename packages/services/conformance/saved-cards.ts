import { stripeCustomers } from "@tintype/db/schema";
import type { RunningStripe } from "@tintype/local-cloud/stripe";
import { eq } from "drizzle-orm";
import { openPortal } from "../src/billing/start-checkout.ts";
import type { MailMessage } from "../src/mail/messages.ts";
import type { Buyer } from "./stripe-desk.ts";

/** A post box that keeps what the outbox gets; only what was committed should be looked at. */
export function mailbox() {
  const letters: MailMessage[] = [];
  const enqueue = (_: unknown, message: MailMessage): Promise<void> => {
    letters.push(message);
    return Promise.resolve();
  };
  const to = ({ actor }: Pick<Buyer, "actor">) =>
    letters.filter(({ userId }) => userId === actor.userId);
  return { mail: { enqueue }, to };
}

/** The emulator's API as a form; for what our own code never asks for. */
export function stripeApi({ url, secretKey }: RunningStripe) {
  return async <T>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    form: Record<string, string> = {},
  ) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${secretKey}` },
      ...(method === "POST" && { body: new URLSearchParams(form) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as T;
  };
}

export async function customerOf(ctx: Buyer): Promise<string> {
  await openPortal(ctx, { returnTo: "/billing" });
  const [row] = await ctx.db
    .select({ id: stripeCustomers.customerId })
    .from(stripeCustomers)
    .where(eq(stripeCustomers.userId, ctx.actor.userId));
  if (!row?.id) throw new Error("the portal makes a customer");
  return row.id;
}

/** As the portal would save it. @param card one of Stripe's names for a test card: pm_card_visa */
export async function saveCard(stripe: RunningStripe, ctx: Buyer, card = "pm_card_visa") {
  const call = stripeApi(stripe);
  const customer = await customerOf(ctx);
  const { id } = await call<{ id: string }>("POST", `/v1/payment_methods/${card}/attach`, {
    customer,
  });
  await call("POST", `/v1/customers/${customer}`, {
    "invoice_settings[default_payment_method]": id,
  });
}
