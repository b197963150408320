import type { User } from "../../lib/api-types.ts";

/** What follows when an account's form has signed somebody in. */
export type SignedIn = (user: User) => Promise<void>;
