import type { Problem, ProblemCode } from "@tintype/core/problems";
import { formatBytes, formatCents, formatEstimate } from "./format.ts";
import { hasText } from "./i18n.ts";
import type { Translate } from "./translate.ts";

type WithProblem = { data: { problem: Problem } };

const carriesProblem = (error: unknown): error is WithProblem => {
  if (typeof error !== "object" || error === null || !("data" in error)) return false;
  const { data } = error;
  return typeof data === "object" && data !== null && "problem" in data && data.problem !== null;
};

/** The typed failure behind an error of tRPC; null for a lost connection or a fault of the server. */
export const problemOf = (error: unknown): Problem | null =>
  carriesProblem(error) ? (error.data.problem ?? null) : null;

/** An id from the address bar that cannot be one belongs to nothing; no form is to blame. */
export const asNotFound = (error: unknown): unknown =>
  problemOf(error)?.code === "invalid_input" ? { data: { problem: { code: "not_found" } } } : error;

export type Explanation = { title: string; advice: string };

/** What went wrong and what to do about it. An error without a problem is one we could not foresee; its words may also be out of reach. */
export function explain(t: Translate, error: unknown): Explanation {
  const problem = problemOf(error);
  if (problem && hasText(`problems.${problem.code}.title`)) {
    return explainProblem(t, problem);
  }
  return { title: t("unexpected.title"), advice: t("unexpected.advice") };
}

function explainProblem(t: Translate, problem: Problem): Explanation {
  const values = valuesOf(t, problem);
  const code: ProblemCode = problem.code;
  return {
    title: t(`problems.${code}.title`, values),
    advice: isExcluded(problem)
      ? t("problems.insufficient_credits.excluded", values)
      : t(`problems.${problem.code}.advice`, values),
  };
}

/** Credits that are there and may not be used need another word than credits that are not there. */
const isExcluded = (problem: Problem) =>
  problem.code === "insufficient_credits" && problem.excluded !== undefined;

/** The numbers of a problem in the words of its reader's language. */
function valuesOf(t: Translate, problem: Problem): Record<string, string | number | Date> {
  const credits = (count: number) => t("units.credits", { count });
  switch (problem.code) {
    case "insufficient_credits":
      return {
        required: credits(problem.required),
        available: credits(problem.available),
        missing: credits(problem.required - problem.available),
        excluded: credits(problem.excluded ?? 0),
      };
    case "wallet_restricted":
      return { owed: credits(problem.owed) };
    case "credits_not_available":
      return { requested: credits(problem.requested), available: credits(problem.available) };
    case "promo_code_not_started":
      return { startsAt: new Date(problem.startsAt) };
    case "promo_code_already_redeemed":
      return { at: new Date(problem.at) };
    case "streak_already_claimed":
      return { nextAt: new Date(problem.nextAt) };
    case "price_changed":
      return { quoted: credits(problem.quoted), current: credits(problem.current) };
    case "too_many_streams":
      return { limit: problem.limit };
    case "too_many_attempts":
    case "busy":
    case "unavailable":
      return { wait: formatEstimate(t, problem.retryAfterSeconds) };
    case "job_limit_reached":
      return {
        limit: t("units.jobs", { count: problem.limit }),
        wait: formatEstimate(t, problem.retryAfterSeconds),
      };
    case "too_many_uploads":
      return { limit: t("units.files", { count: problem.limit }) };
    case "duration_unsupported":
      return {
        requested: t("units.seconds", { count: problem.requested }),
        maximum: t("units.seconds", { count: problem.maximum }),
      };
    case "price_unavailable":
      return {
        model: t(`modelTiers.${problem.modelTier}.title`),
        quality: t(`qualityTiers.${problem.qualityTier}`),
      };
    case "body_too_large":
      return { limit: formatBytes(t, problem.limit) };
    case "upload_too_large":
      return { size: formatBytes(t, problem.byteSize), limit: formatBytes(t, problem.limit) };
    case "upload_type_unsupported":
      return { type: typeOf(problem.contentType) ?? t("studio.photo.unknownType") };
    case "upload_dimensions_too_large":
      return {
        width: problem.width,
        height: problem.height,
        limit: problem.limitMegapixels,
      };
    case "upload_too_small":
      return { width: problem.width, height: problem.height, minimum: problem.minimum };
    default:
      return moneyValuesOf(t, problem);
  }
}

/** The same of the problems that are about money. */
function moneyValuesOf(t: Translate, problem: Problem): Record<string, string | number | Date> {
  switch (problem.code) {
    case "overage_unpaid":
      return { unpaid: formatCents(t, problem.unpaidCents) };
    case "overage_changed":
      return {
        agreed: formatCents(t, problem.agreedCents),
        current: formatCents(t, problem.currentCents),
      };
    case "overage_limit_reached":
      return {
        limit: formatCents(t, problem.limitCents),
        used: formatCents(t, problem.usedCents),
        needed: formatCents(t, problem.neededCents),
      };
    case "refund_too_much":
      return {
        cents: formatCents(t, problem.cents),
        left: formatCents(t, problem.leftCents),
      };
    case "refund_pending":
      return { cents: formatCents(t, problem.cents) };
    case "refund_after_spending":
      return {
        unspent: problem.unspentCredits,
        granted: t("units.credits", { count: problem.grantedCredits }),
      };
    case "refund_too_late":
      return { days: problem.days };
    default:
      return {};
  }
}

/** Null when nobody could tell what it is: "octet-stream" is no word for people. */
const typeOf = (contentType: string): string | null =>
  contentType === "" || contentType === "application/octet-stream" ? null : contentType;
