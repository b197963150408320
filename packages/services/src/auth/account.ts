import type { Locale, UserView } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import { users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import type { UserActor } from "../context.ts";
import { type AuthContext, toUserView } from "./auth-context.ts";

/** Ends this session only. */
export async function signOut(ctx: AuthContext<UserActor> & { sessionId: string }): Promise<void> {
  await ctx.sessions.end(ctx.sessionId);
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
  const [user] = await ctx.db.update(users).set({ locale }).where(eq(users.id, userId)).returning();
  if (!user) throw new DomainError({ code: "unauthenticated" });
  ctx.sessions.forget(userId);
  return toUserView(user);
}
