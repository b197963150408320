import { randomBytes } from "node:crypto";
import { authLimits } from "@tintype/core/auth";
import type { Db } from "@tintype/db/client";
import { emailVerificationTokens } from "@tintype/db/schema";
import { sha256 } from "./sha256.ts";

const TOKEN_BYTES = 32;
const LIFE_MS = authLimits.verificationHours * 60 * 60 * 1_000;

/** A token for one mailed link, good for the address it is sent to. Only its hash is stored. */
export async function issueVerificationToken(
  db: Db,
  { userId, email }: { userId: string; email: string },
  now: Date,
): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const expiresAt = new Date(now.getTime() + LIFE_MS);
  await db
    .insert(emailVerificationTokens)
    .values({ tokenHash: sha256(token), userId, email, createdAt: now, expiresAt });
  return token;
}
