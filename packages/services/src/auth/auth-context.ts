import type { UserView } from "@tintype/core/auth";
import type { Tx } from "@tintype/db/client";
import type { UserRow } from "@tintype/db/schema";
import type { Actor, ServiceContext } from "../context.ts";
import { deviceCookie } from "./known-devices.ts";
import type { Passwords } from "./passwords.ts";
import type { SessionStore } from "./sessions.ts";

/** What signing in and out needs beside the rest: sessions, the queue for hashing, and where the request came from. */
export type AuthContext<A extends Actor = Actor> = ServiceContext<A> & {
  sessions: SessionStore;
  passwords: Passwords;
  /** Welcome credits and rewards of accounts that are opened from now on wait until their address is confirmed. */
  requireVerifiedEmail: boolean;
  /** The client's network address, for counting attempts. */
  address: string;
  /** The request's `Cookie`, null when it has none: it may make the browser a known device. */
  cookieHeader: string | null;
};

/** `cookie` and `deviceCookie` are `Set-Cookie` values. */
export type SignedIn = { user: UserView; cookie: string; deviceCookie: string };

/** A step: begins a session, and makes the browser known to the account. */
export async function beginSession(ctx: AuthContext, tx: Tx, user: UserRow): Promise<SignedIn> {
  const { cookieHeader, config } = ctx;
  const isSecure = config.publicUrl.startsWith("https:");
  return {
    user: toUserView(user),
    cookie: await ctx.sessions.create(tx, user.id),
    deviceCookie: deviceCookie(user, { cookieHeader, isSecure }),
  };
}

export const toUserView = (user: UserRow): UserView => {
  const { id, email, role, locale, createdAt, verifiedEmail, awaitsVerification } = user;
  return {
    ...{ id, email, role, locale, createdAt, awaitsVerification },
    isVerified: verifiedEmail === email,
  };
};
