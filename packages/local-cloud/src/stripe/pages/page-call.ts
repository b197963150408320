import { StripeError } from "../core/errors.ts";
import type { World } from "../core/world.ts";

export type PageCall = {
  world: World;
  method: string;
  /** What stands after the page's own path. */
  id: string;
  query: URLSearchParams;
  form: URLSearchParams;
  /** Runs as one transaction. Declines leave their traces, as in the API. */
  act: <T>(work: () => T) => T;
};

export type PageAnswer =
  | { kind: "page"; body: string; status?: number }
  | { kind: "redirect"; to: string }
  | { kind: "pdf"; body: Buffer; name: string };

export const redirect = (to: string): PageAnswer => ({ kind: "redirect", to });

export const show = (body: string, status = 200): PageAnswer => ({ kind: "page", body, status });

/** Does what a form asks, and gives the words of a refusal instead of failing. */
export function attempt<T>(work: () => T): { value: T } | { refusal: string } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof StripeError) return { refusal: error.message };
    throw error;
  }
}
