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
