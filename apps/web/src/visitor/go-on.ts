import type { User } from "../lib/api-types.ts";
import { markUser } from "../lib/user-mark.ts";
import { fromOf } from "./address.ts";

/** Whoever has just signed in goes on where they came from, or to work. */
export function goOn(user: User): Promise<void> {
  markUser(user.id);
  window.location.assign(fromOf(new URL(window.location.href)) ?? "/studio");
  // The form stays busy until the browser is there.
  return new Promise(() => undefined);
}
