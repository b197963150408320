import type { UserView } from "@tintype/core/auth";
import type { UserRow } from "@tintype/db/schema";
import type { Actor, ServiceContext } from "../context.ts";
import type { SessionStore } from "./sessions.ts";

/** What signing in and out needs beside the rest: the sessions, and where the request came from. */
export type AuthContext<A extends Actor = Actor> = ServiceContext<A> & {
  sessions: SessionStore;
  /** The client's network address, for counting attempts. */
  address: string;
};

/** `cookie` is a `Set-Cookie` value. */
export type SignedIn = { user: UserView; cookie: string };

export const toUserView = ({ id, email, role, locale, createdAt }: UserRow): UserView => ({
  id,
  email,
  role,
  locale,
  createdAt,
});
