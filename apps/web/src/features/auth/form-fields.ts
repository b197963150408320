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

/** Errors of single fields stand under the fields; everything else stands above the button. */
export const formError = (error: unknown): unknown =>
  problemOf(error)?.code === "invalid_input" ? null : error;
