import type { FormEvent } from "react";
import { problemOf } from "../../lib/problem.ts";

/** The text of the named fields of a submitted form. */
export function readFields(event: FormEvent<HTMLFormElement>): (name: string) => string {
  event.preventDefault();
  const data = new FormData(event.currentTarget);
  return (name) => {
    const value = data.get(name);
    return typeof value === "string" ? value : "";
  };
}

const SHOWN_FIELDS = ["email", "password"];

/** Errors of fields that are shown stand under them; everything else stands above the button. */
export function formError(error: unknown): unknown {
  const problem = problemOf(error);
  if (problem?.code !== "invalid_input") return error;
  return problem.issues.every(({ field }) => SHOWN_FIELDS.includes(field)) ? null : error;
}
