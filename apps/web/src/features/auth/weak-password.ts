import { PASSWORD_MIN, type WeakReason, weakReasonOf } from "@tintype/core/password-rules";
import { fieldProblem } from "../../lib/field-problem.ts";
import { problemOf } from "../../lib/problem.ts";
import type { Translate } from "../../lib/translate.ts";

/** Why a password is not taken, and what would be better. */
export const weakText = (t: Translate, reason: WeakReason | "short"): string =>
  reason === "short" ? t("rules.password", { count: PASSWORD_MIN }) : t(`auth.weak.${reason}`);

/** The sentence under the field of a password that is being chosen; null when the error is not about it. */
export function newPasswordProblem(t: Translate, error: unknown): string | null {
  const problem = problemOf(error);
  const issues = problem?.code === "invalid_input" ? problem.issues : [];
  const issue = issues.find(({ field }) => field === "password");
  const reason = issue ? weakReasonOf(issue.rule) : null;
  return reason === null ? fieldProblem(t, error, "password") : weakText(t, reason);
}
