import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "@tintype/core/problems";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import type { Actor, ServiceContext } from "../context.ts";

/** For what asks the payment provider. Null: the operator has named none, and nothing is sold. */
export type PaymentContext<A extends Actor = Actor> = ServiceContext<A> & {
  payments: PaymentProvider | null;
};

/** @throws DomainError payments_unavailable */
export function paymentsOf({ payments }: Pick<PaymentContext, "payments">): PaymentProvider {
  if (!payments) throw new DomainError({ code: "payments_unavailable" });
  return payments;
}

/** Longer nobody looks at a page without its prices; the client itself tries for a minute. */
const PATIENCE_MS = 4_000;

/**
 * For what a page only shows, or asks before it keeps something: a provider that does not answer is away. Never for
 * what moves money.
 * @throws DomainError payments_unavailable
 */
export async function answeredSoon<T>(answer: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const tooLate = async () => {
    await sleep(PATIENCE_MS, undefined, { signal: ended.signal });
    throw new DomainError({ code: "payments_unavailable" });
  };
  try {
    return await Promise.race([answer, tooLate()]);
  } finally {
    ended.abort();
  }
}
