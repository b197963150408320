import type { Stripe } from "stripe";

export type ErrorType =
  | "api_error"
  | "card_error"
  | "idempotency_error"
  | "invalid_request_error"
  | "authentication_error";

/** The members of Stripe's error object that go beyond its type and message. */
export type ErrorDetails = {
  code?: string;
  decline_code?: string;
  param?: string;
  charge?: string;
  advice_code?: string;
  payment_intent?: Stripe.PaymentIntent;
  setup_intent?: Stripe.SetupIntent;
  payment_method?: Stripe.PaymentMethod;
};

/** A refusal as Stripe words it. SDKs choose their error class by `type`, programs read `code`. */
export class StripeError extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly details: ErrorDetails;
  /** A declined payment is an answer that leaves its traces; everything else leaves nothing. */
  readonly keepsChanges: boolean;

  constructor(
    status: number,
    type: ErrorType,
    message: string,
    details: ErrorDetails = {},
    keepsChanges = false,
  ) {
    super(message);
    this.name = "StripeError";
    this.status = status;
    this.type = type;
    this.details = details;
    this.keepsChanges = keepsChanges;
  }

  toJSON() {
    const { type, message, details } = this;
    const docUrl = details.code ? { doc_url: docUrlOf(details.code) } : {};
    return { error: { ...details, ...docUrl, message, type } };
  }
}

const docUrlOf = (code: string) => `https://docs.stripe.com/error-codes#${code.replace(/_/g, "-")}`;

export const invalid = (message: string, details: ErrorDetails = {}) =>
  new StripeError(400, "invalid_request_error", message, details);

export const missingParam = (param: string) =>
  invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param });

export const noSuch = (what: string, id: string, param = "id", status = 404) =>
  new StripeError(status, "invalid_request_error", `No such ${what}: '${id}'`, {
    code: "resource_missing",
    param,
  });

/** A card that is refused before anything was tried with it. */
export const cardError = (message: string, details: ErrorDetails) =>
  new StripeError(402, "card_error", message, details);

/** A payment that was tried and refused: the attempt stays. */
export const paymentRefused = (message: string, details: ErrorDetails) =>
  new StripeError(402, "card_error", message, details, true);
