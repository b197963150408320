import { randomBytes } from "node:crypto";
import { authLimits } from "@tintype/core/auth";
import type { Db } from "@tintype/db/client";
import { passwordResetTokens } from "@tintype/db/schema";
import { sha256 } from "./sha256.ts";

export const RESET_MINUTES = authLimits.resetTokenMinutes;
const TOKEN_BYTES = 32;

/** A token for one mailed link. Only its hash is stored: whoever reads the table can reset nothing. */
export async function issueResetToken(db: Db, userId: string, now: Date): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const expiresAt = new Date(now.getTime() + RESET_MINUTES * 60_000);
  await db
    .insert(passwordResetTokens)
    .values({ tokenHash: sha256(token), userId, createdAt: now, expiresAt });
  return token;
}
