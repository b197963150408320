import type { JobKind, ModelTier, QualityTier } from "./generation.ts";
import type { SpendScope } from "./spend-scope.ts";

/** One rule of an input schema that was broken, in a form the SPA can translate. */
export type InputIssue = {
  /** Dotted path of the field, empty for the whole input. */
  field: string;
  /** zod's issue code: `too_big`, `too_small`, `invalid_type`, `invalid_format`, `invalid_value`, … */
  rule: string;
  /** The bound that was broken, when the rule has one. */
  limit?: number;
};

/** Every failure a caller should handle. The code is the contract; the rest lets the UI explain. */
export type Problem =
  | { code: "invalid_input"; issues: InputIssue[] }
  | { code: "unauthenticated" }
  /** The browser's session belongs to another user than the page that asks. */
  | { code: "session_changed" }
  | { code: "forbidden" }
  | { code: "origin_refused" }
  | { code: "not_found" }
  | { code: "body_too_large"; limit: number }
  | { code: "email_taken" }
  | { code: "invalid_credentials" }
  | { code: "too_many_attempts"; retryAfterSeconds: number }
  | { code: "too_many_streams"; limit: number; retryAfterSeconds: number }
  /** All of what serves such requests is in use: nothing was done. */
  | { code: "busy"; retryAfterSeconds: number }
  /** A part we depend on is away or does not answer: whether a change was made is not known. */
  | { code: "unavailable"; retryAfterSeconds: number }
  | { code: "reset_token_invalid" }
  | { code: "verification_token_invalid" }
  /** What is given to an account waits until its address has been confirmed. */
  | { code: "email_not_verified" }
  /** `excluded`: so many more are there, which the user's own switch (`scope`) keeps from being used. */
  | {
      code: "insufficient_credits";
      required: number;
      available: number;
      scope?: SpendScope;
      excluded?: number;
    }
  | { code: "overage_unpaid"; unpaidCents: number }
  /** Nothing goes beyond the wallet while the plan itself is not paid. */
  | { code: "plan_past_due" }
  | { code: "payment_method_missing" }
  | { code: "overage_changed"; agreedCents: number; currentCents: number }
  | { code: "overage_limit_reached"; limitCents: number; usedCents: number; neededCents: number }
  | { code: "wallet_restricted"; owed: number }
  | { code: "promo_code_not_found" }
  | { code: "promo_code_disabled" }
  | { code: "promo_code_not_started"; startsAt: string }
  | { code: "promo_code_ended" }
  | { code: "promo_code_used_up" }
  | { code: "promo_code_already_redeemed"; at: string }
  | { code: "promo_code_taken" }
  | { code: "request_id_reused"; requestId: string }
  | { code: "user_not_found" }
  | { code: "credits_not_available"; requested: number; available: number }
  | { code: "referral_code_unknown" }
  | { code: "referral_refused" }
  | { code: "streak_already_claimed"; nextAt: string }
  | { code: "payments_unavailable" }
  | { code: "product_unavailable"; productCode: string }
  | { code: "plan_already_active"; planCode: string }
  | { code: "plan_unchanged"; planCode: string }
  | { code: "plan_paused" }
  | { code: "plan_not_pausable" }
  | { code: "preview_expired" }
  | { code: "subscription_not_found" }
  | { code: "checkout_not_found" }
  | { code: "payment_not_found"; paymentReference: string }
  | { code: "payment_disputed" }
  | { code: "refund_not_a_pack" }
  | { code: "refund_too_late"; days: number }
  | { code: "refund_after_spending"; unspentCredits: number; grantedCredits: number }
  | { code: "refund_too_much"; cents: number; leftCents: number }
  | { code: "refund_pending"; cents: number }
  | { code: "refund_refused" }
  | { code: "webhook_event_not_found"; eventId: string }
  | { code: "webhook_payload_swept"; eventId: string }
  | { code: "job_not_found"; jobId: string }
  | { code: "job_id_reused"; jobId: string }
  | { code: "job_already_ended"; jobId: string }
  | { code: "job_limit_reached"; limit: number; windowSeconds: number; retryAfterSeconds: number }
  | { code: "price_changed"; quoted: number; current: number }
  | { code: "price_unavailable"; kind: JobKind; modelTier: ModelTier; qualityTier: QualityTier }
  | { code: "duration_unsupported"; requested: number; maximum: number }
  | { code: "asset_not_found"; assetId: string }
  | { code: "asset_not_ready"; assetId: string }
  | { code: "asset_in_use"; assetId: string }
  | { code: "upload_id_reused"; assetId: string }
  | { code: "upload_missing"; assetId: string }
  | { code: "upload_empty" }
  | { code: "upload_too_large"; byteSize: number; limit: number }
  | { code: "upload_type_unsupported"; contentType: string }
  | { code: "upload_unreadable" }
  /** Opening it takes more time or memory than any honest picture of its size. */
  | { code: "upload_too_complex" }
  | { code: "upload_dimensions_too_large"; width: number; height: number; limitMegapixels: number }
  | { code: "upload_too_small"; width: number; height: number; minimum: number }
  | { code: "too_many_uploads"; limit: number; windowSeconds: number };

export type ProblemCode = Problem["code"];

/** Thrown by services for an expected failure; the API turns it into a typed answer. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.code.replaceAll("_", " "), options);
    this.problem = problem;
  }
}

export type OutageProblem = Extract<Problem, { code: "busy" | "unavailable" }>;

/**
 * A part of ours is busy or away, so the request could not be decided. It is no `DomainError`: code that takes a
 * refusal for an answer (and discards an upload, or ends a job) must not act on this. The request may be repeated.
 */
export class OutageError extends Error {
  override readonly name = "OutageError";
  readonly problem: OutageProblem;

  constructor(problem: OutageProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

const MAX_CAUSES = 8;

/** The outage behind an error, however often it was wrapped on its way; null when there is none. */
export function outageOf(error: unknown, depth = 0): OutageError | null {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return null;
  if (error instanceof OutageError) return error;
  const inside = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  for (const each of inside) {
    const outage = outageOf(each, depth + 1);
    if (outage !== null) return outage;
  }
  return null;
}

/** Milliseconds after which a failure is no hiccup any more: whoever waits has waited enough. */
const HICCUP_MS = 1_500;

/**
 * Does it once more when a part we depend on went away in the middle of it: a connection that a restart or a load
 * balancer has cut is replaced by then. For work that changes nothing.
 * @param now monotonic milliseconds
 */
export async function onceMore<T>(work: () => Promise<T>, now: () => number): Promise<T> {
  const startedAt = now();
  try {
    return await work();
  } catch (error) {
    const isHiccup = outageOf(error)?.problem.code === "unavailable";
    if (!isHiccup || now() - startedAt > HICCUP_MS) throw error;
    return await work();
  }
}
