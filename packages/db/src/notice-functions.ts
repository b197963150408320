import { sqlFunction } from "./sql-function.ts";

/** Credits that expire at one moment, as a letter tells them. @property expiresAt ISO 8601 */
export type NotedExpiry = { credits: number; expiresAt: string };

/** A step: what the letter has to say; empty when another has said it. */
export const noteExpiryNotices = sqlFunction<{ userId: string; now: Date }, NotedExpiry[]>(
  "note_expiry_notices",
  [
    ["userId", "uuid"],
    ["now", "timestamptz"],
  ],
);
