import { DomainError } from "@tintype/core/problems";
import { Stripe } from "stripe";

export type StripeOptions = {
  secretKey: string;
  /** Stripe's own address unless given: "http://127.0.0.1:12111" is the emulator's. */
  apiBase?: string | undefined;
};

/** The client, and what time it is: a state that is read now is newer than what the webhooks have told. */
export type Desk = { stripe: Stripe; now: () => Date };

const TIMEOUT_MS = 20_000;
const RETRIES = 2;

/** The same client for Stripe and for its emulator: they differ in address and key only. */
export function stripeClient({ secretKey, apiBase }: StripeOptions): Stripe {
  const address = apiBase === undefined ? undefined : new URL(apiBase);
  return new Stripe(secretKey, {
    maxNetworkRetries: RETRIES,
    timeout: TIMEOUT_MS,
    telemetry: false,
    ...(address && {
      protocol: address.protocol === "http:" ? ("http" as const) : ("https" as const),
      host: address.hostname,
      port: address.port || (address.protocol === "http:" ? 80 : 443),
    }),
  });
}

/**
 * Runs a call on behalf of a person and tells in our words what they can do about its failure.
 * @throws DomainError payments_unavailable, request_id_reused
 */
export async function forPerson<T>(requestId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeIdempotencyError) {
      throw new DomainError({ code: "request_id_reused", requestId });
    }
    if (
      error instanceof Stripe.errors.StripeConnectionError ||
      error instanceof Stripe.errors.StripeAPIError ||
      error instanceof Stripe.errors.StripeRateLimitError ||
      // Our key was taken back or may not do this: nothing a person can do but wait for whoever runs this.
      error instanceof Stripe.errors.StripeAuthenticationError ||
      error instanceof Stripe.errors.StripePermissionError
    ) {
      throw new DomainError({ code: "payments_unavailable" }, { cause: error });
    }
    throw error;
  }
}

/**
 * For what our books name and the provider may not know: deleted there, or of another account whose keys were here
 * before. @returns null when it is that which is missing
 */
export async function unlessUnknown<T>(
  what: "customer" | "subscription" | "payment_intent" | "invoice",
  call: () => Promise<T>,
): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    const isMissing =
      error instanceof Stripe.errors.StripeInvalidRequestError &&
      error.code === "resource_missing" &&
      error.message.startsWith(`No such ${what}`);
    if (isMissing) return null;
    throw error;
  }
}

type Reference = string | { id: string } | null | undefined;

/** A reference is an id or, where it was asked for, the object itself. */
export const idOf = (reference: Reference): string | null =>
  typeof reference === "string" ? reference : (reference?.id ?? null);

export const timeOf = (seconds: number): Date => new Date(seconds * 1_000);
