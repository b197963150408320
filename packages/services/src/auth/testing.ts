import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import type { AnonymousActor, UserActor } from "../context.ts";
import { createMailQueue, type MailQueue } from "../mail/mail-queue.ts";
import { useTestServices } from "../testing.ts";
import type { AuthContext } from "./auth-context.ts";
import { createPasswords, type Passwords } from "./passwords.ts";
import { createSessionStore, type SessionStore } from "./sessions.ts";

type Own = { mail: MailQueue; sessions: SessionStore; passwords: Passwords };

/** The parts of `useTestServices` and what accounts need beside them: an outbox and sessions. */
export function useTestAuth() {
  const services = useTestServices();
  const own = { passwords: createPasswords() } as Own;

  beforeAll(async () => {
    const { database } = services.parts;
    own.mail = await createMailQueue({
      databaseUrl: database.url,
      onError: (error) => {
        throw error;
      },
    });
    own.sessions = createSessionStore({ db: database.db, secureCookies: true });
  });
  // Before the database goes: hooks that were registered last run first.
  afterAll(() => own.mail.close());

  const base = (address: string, cookieHeader: string | null = null) => ({
    ...own,
    requireVerifiedEmail: false,
    address,
    cookieHeader,
  });
  return {
    ...services,
    own,
    /** A visitor from a network address of their own, unless the test names one. */
    visitor: (
      address: string = randomUUID(),
      cookieHeader: string | null = null,
    ): AuthContext<AnonymousActor> => ({
      ...services.contextFor<AnonymousActor>({ kind: "anonymous" }),
      ...base(address, cookieHeader),
    }),
    signedIn: (userId: string): AuthContext<UserActor> => ({
      ...services.contextFor<UserActor>({ kind: "user", userId, role: "user" }),
      ...base(randomUUID()),
    }),
    newEmail: () => `${randomUUID()}@example.com`,
  };
}
