import { validateCreditsConsistency } from "@tintype/db/consistency";
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import type { ApiClient } from "./api-client.ts";
import { PATIENCE_MS } from "./open-page.ts";
import type { E2eStack } from "./stack.ts";

/** What went back and forth with one customer, in cents. Customers with whom nothing did are left out. */
type Sums = { customer: string; paid: number; refunded: number; disputed: number };

/** One of the controls of Stripe's emulator (its README lists them): what no API of Stripe's offers. */
export async function emulator<T = unknown>(
  { env }: Pick<E2eStack, "env">,
  control: string,
  body: object = {},
): Promise<T> {
  const answer = await fetch(`${env.STRIPE_API_BASE}/_emulator/${control}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.text();
  expect(answer.status, told).toBe(200);
  return JSON.parse(told) as T;
}

/** Waits until everything that has happened at Stripe has been told, and answered. */
export const delivered = (stack: Pick<E2eStack, "env">) =>
  emulator(stack, "delivered", { timeoutMs: PATIENCE_MS });

/** A call of the emulator's API as the operator's own tools make it; `form` with Stripe's names: "items[0][price]". */
export async function stripeApi<T = { id: string }>(
  { env }: Pick<E2eStack, "env">,
  method: "GET" | "POST" | "DELETE",
  path: string,
  form: Record<string, string> = {},
): Promise<T> {
  const answer = await fetch(`${env.STRIPE_API_BASE}${path}`, {
    method,
    headers: { authorization: `Bearer ${env.STRIPE_SECRET_KEY}` },
    ...(method === "POST" && { body: new URLSearchParams(form) }),
  });
  const told = await answer.text();
  expect(answer.status, `${method} ${path}: ${told}`).toBe(200);
  return JSON.parse(told) as T;
}

/**
 * The two halves of "the books balance and equal the emulator's own": every webhook has been told and booked, the
 * ledger is right by its own rules, and for each customer we say paid, refunded and disputed as the emulator does,
 * which counts the movements of its balance and knows nothing of us.
 */
export async function expectBooksEqual(stack: E2eStack): Promise<void> {
  await delivered(stack);
  const { db } = stack.database;
  const waiting = await db.execute(
    sql`select type, last_error from webhook_events where processed_at is null`,
  );
  expect(waiting.slice(), "webhooks that could not be booked").toEqual([]);
  expect(await validateCreditsConsistency(db), "the ledger by its own rules").toEqual([]);
  const [ours, theirs] = await Promise.all([ourSums(stack), theirSums(stack)]);
  expect(ours, "our books, and those of the emulator").toEqual(theirs);
}

/** Whoever was deleted at the provider: nobody's on our side, so all of them are one sum. */
const FORGOTTEN = "forgotten";

async function ourSums({ database }: E2eStack): Promise<Sums[]> {
  const rows = await database.db.execute<Record<keyof Sums, string>>(sql`
    select coalesce(customer_id, ${FORGOTTEN}) as customer, sum(paid) as paid, sum(refunded) as refunded,
      sum(disputed) as disputed
    from (
      select user_id, sum(paid_cents) as paid, sum(refunded_cents) as refunded, (
        select coalesce(sum(disputed_cents), 0) from disputes d where d.user_id = p.user_id and status in ('open', 'lost')
      ) as disputed
      from payments p group by user_id
    ) of_user left join stripe_customers using (user_id)
    group by 1`);
  return inOrder(
    rows.map(({ customer, paid, refunded, disputed }) => ({
      ...{ customer, paid: Number(paid) },
      ...{ refunded: Number(refunded), disputed: Number(disputed) },
    })),
  );
}

async function theirSums(stack: E2eStack): Promise<Sums[]> {
  type Book = Omit<Sums, "customer"> & { customer: string | null };
  const { books } = await emulator<{ books: Book[] }>(stack, "books");
  const rows = await stack.database.db.execute<{ id: string }>(
    sql`select customer_id as id from stripe_customers where customer_id is not null`,
  );
  const known = new Set(rows.map(({ id }) => id));
  const sums = new Map<string, Sums>();
  for (const { customer: id, paid, refunded, disputed } of books) {
    const customer = id !== null && known.has(id) ? id : FORGOTTEN;
    const sum = sums.get(customer) ?? { customer, paid: 0, refunded: 0, disputed: 0 };
    sum.paid += paid;
    sum.refunded += refunded;
    sum.disputed += disputed;
    sums.set(customer, sum);
  }
  return inOrder([...sums.values()]);
}

const inOrder = (sums: Sums[]): Sums[] =>
  sums.filter(({ paid }) => paid > 0).toSorted((a, b) => (a.customer < b.customer ? -1 : 1));

/** A card of the test kind that pays, kept at the payment provider as its portal would keep it. */
export async function saveCard(client: ApiClient): Promise<void> {
  // The portal makes the customer, and its page takes a card.
  const { url } = await client.mutate<{ url: string }>("billing.openPortal", {});
  const form = { action: "card", number: "4242 4242 4242 4242", expiry: "12 / 40", cvc: "123" };
  const body = new URLSearchParams({ ...form, name: "A Buyer" });
  const answer = await fetch(url, { method: "POST", body, redirect: "manual" });
  expect(answer.status, await answer.text()).toBeLessThan(400);
}
