import type { InputIssue } from "@tintype/core/problems";
import { problemOf } from "./problem.ts";
import type { Translate } from "./translate.ts";

/** Rules of zod that have words of their own; any other rule gets the general sentence. */
const rules = ["too_small", "too_big", "invalid_format", "invalid_type", "invalid_value"] as const;
type Rule = (typeof rules)[number];

const isRule = (rule: string): rule is Rule => (rules as readonly string[]).includes(rule);

/** The sentence under a field, or null when the error is not about that field. */
export function fieldProblem(t: Translate, error: unknown, field: string): string | null {
  const problem = problemOf(error);
  if (problem?.code !== "invalid_input") return null;
  const issue = problem.issues.find((candidate) => candidate.field === field);
  return issue ? issueText(t, issue) : null;
}

export function issueText(t: Translate, { field, rule, limit }: InputIssue): string {
  if (field === "email") return t("rules.email");
  if (field === "password" && rule === "too_small")
    return t("rules.password", { count: limit ?? 1 });
  if (!isRule(rule)) return t("rules.other");
  return t(`rules.${rule}`, { limit: limit ?? "" });
}
