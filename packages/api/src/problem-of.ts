import { DomainError, type InputIssue, outageOf, type Problem } from "@tintype/core/problems";
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";

/** A problem without a line here does not compile. */
export const trpcCodeOf: Record<Problem["code"], TRPCError["code"]> = {
  invalid_input: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  session_changed: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  origin_refused: "FORBIDDEN",
  not_found: "NOT_FOUND",
  body_too_large: "PAYLOAD_TOO_LARGE",
  email_taken: "CONFLICT",
  invalid_credentials: "UNAUTHORIZED",
  too_many_attempts: "TOO_MANY_REQUESTS",
  too_many_streams: "TOO_MANY_REQUESTS",
  busy: "SERVICE_UNAVAILABLE",
  unavailable: "SERVICE_UNAVAILABLE",
  reset_token_invalid: "BAD_REQUEST",
  verification_token_invalid: "BAD_REQUEST",
  email_not_verified: "FORBIDDEN",
  insufficient_credits: "PAYMENT_REQUIRED",
  overage_changed: "CONFLICT",
  overage_unpaid: "PAYMENT_REQUIRED",
  plan_past_due: "PAYMENT_REQUIRED",
  payment_method_missing: "PRECONDITION_FAILED",
  overage_limit_reached: "PAYMENT_REQUIRED",
  wallet_restricted: "FORBIDDEN",
  promo_code_not_found: "NOT_FOUND",
  promo_code_disabled: "UNPROCESSABLE_CONTENT",
  promo_code_not_started: "UNPROCESSABLE_CONTENT",
  promo_code_ended: "UNPROCESSABLE_CONTENT",
  promo_code_used_up: "CONFLICT",
  promo_code_already_redeemed: "CONFLICT",
  promo_code_taken: "CONFLICT",
  request_id_reused: "CONFLICT",
  user_not_found: "NOT_FOUND",
  credits_not_available: "CONFLICT",
  referral_code_unknown: "NOT_FOUND",
  referral_refused: "FORBIDDEN",
  streak_already_claimed: "CONFLICT",
  payments_unavailable: "SERVICE_UNAVAILABLE",
  product_unavailable: "UNPROCESSABLE_CONTENT",
  plan_already_active: "CONFLICT",
  plan_unchanged: "CONFLICT",
  plan_paused: "CONFLICT",
  plan_not_pausable: "CONFLICT",
  preview_expired: "CONFLICT",
  subscription_not_found: "NOT_FOUND",
  checkout_not_found: "NOT_FOUND",
  payment_not_found: "NOT_FOUND",
  payment_disputed: "CONFLICT",
  refund_not_a_pack: "UNPROCESSABLE_CONTENT",
  refund_too_late: "UNPROCESSABLE_CONTENT",
  refund_after_spending: "CONFLICT",
  refund_too_much: "CONFLICT",
  refund_pending: "CONFLICT",
  refund_refused: "CONFLICT",
  webhook_event_not_found: "NOT_FOUND",
  webhook_payload_swept: "CONFLICT",
  job_not_found: "NOT_FOUND",
  job_id_reused: "CONFLICT",
  job_already_ended: "CONFLICT",
  job_limit_reached: "TOO_MANY_REQUESTS",
  price_changed: "CONFLICT",
  price_unavailable: "UNPROCESSABLE_CONTENT",
  duration_unsupported: "UNPROCESSABLE_CONTENT",
  asset_not_found: "NOT_FOUND",
  asset_not_ready: "CONFLICT",
  asset_in_use: "CONFLICT",
  upload_id_reused: "CONFLICT",
  upload_missing: "CONFLICT",
  upload_empty: "UNPROCESSABLE_CONTENT",
  upload_too_large: "PAYLOAD_TOO_LARGE",
  upload_type_unsupported: "UNSUPPORTED_MEDIA_TYPE",
  upload_unreadable: "UNPROCESSABLE_CONTENT",
  upload_too_complex: "UNPROCESSABLE_CONTENT",
  upload_dimensions_too_large: "UNPROCESSABLE_CONTENT",
  upload_too_small: "UNPROCESSABLE_CONTENT",
  too_many_uploads: "TOO_MANY_REQUESTS",
};

/** A domain error or an outage as tRPC's error with its status; anything else as it is. */
export function asTransport(error: unknown): unknown {
  const known = error instanceof DomainError ? error : outageOf(error);
  if (known === null) return error;
  return new TRPCError({
    code: trpcCodeOf[known.problem.code],
    message: known.message,
    cause: error,
  });
}

/** What a caller may be told about an error; null when it is not theirs to handle. */
export function problemOf({ code, cause }: TRPCError): Problem | null {
  if (cause instanceof DomainError) return cause.problem;
  const outage = outageOf(cause);
  if (outage !== null) return outage.problem;
  if (code === "BAD_REQUEST" && cause instanceof ZodError) {
    return { code: "invalid_input", issues: cause.issues.map(toInputIssue) };
  }
  if (code === "NOT_FOUND") return { code: "not_found" };
  return null;
}

function toInputIssue(issue: ZodError["issues"][number]): InputIssue {
  const field = issue.path.map(String).join(".");
  const limit = limitOf(issue);
  return { field, rule: issue.code, ...(limit !== undefined && { limit }) };
}

function limitOf(issue: ZodError["issues"][number]): number | undefined {
  if (issue.code === "too_big") return Number(issue.maximum);
  if (issue.code === "too_small") return Number(issue.minimum);
  return undefined;
}

/** Seconds after which it makes sense to ask again, for the `Retry-After` of an answer with these errors. */
export function retryAfterOf(errors: readonly TRPCError[]): number | null {
  const waits = errors.map(problemOf).flatMap((problem) => {
    return problem !== null && "retryAfterSeconds" in problem ? [problem.retryAfterSeconds] : [];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}
