import type { Locale, UserView } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import { users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import type { UserActor } from "../context.ts";
import { type AuthContext, toUserView } from "./auth-context.ts";

/** Ends this session only. Signing out twice is no mistake: the second time there is none. */
export async function signOut(
  { sessions }: Pick<AuthContext, "sessions">,
  sessionId: string | null,
): Promise<void> {
  if (sessionId !== null) await sessions.end(sessionId);
}

/** Ends every session of the user, this one too. */
export async function signOutEverywhere(ctx: AuthContext<UserActor>): Promise<void> {
  await ctx.sessions.endAll(ctx.actor.userId);
}

export async function updatePreferences(
  ctx: AuthContext<UserActor>,
  { locale }: { locale: Locale },
): Promise<UserView> {
  const { userId } = ctx.actor;
  const [user] = await ctx.db
    .update(users)
    .set({ locale })
    .where(eq(users.id, userId))
    .returning()
    .prepare("prefer_locale")
    .execute();
  if (!user) throw new DomainError({ code: "unauthenticated" });
  ctx.sessions.forget(userId);
  return toUserView(user);
}
