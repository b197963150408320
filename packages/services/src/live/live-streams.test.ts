import { liveLimits } from "@tintype/core/live";
import { sessions, users, wallets } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { signOut, signOutEverywhere } from "../auth/account.ts";
import { resetPassword } from "../auth/reset-password.ts";
import { issueResetToken } from "../auth/reset-tokens.ts";
import { createSessionStore } from "../auth/sessions.ts";
import { sha256 } from "../auth/sha256.ts";
import { useTestAuth } from "../auth/testing.ts";
import { createLiveStreams, type LiveStreams } from "./live-streams.ts";
import { watchLive } from "./watch-live.ts";

const auth = useTestAuth();
const opened: LiveStreams[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** A server process: the sessions it remembers and the streams that are open there. */
function openServer(over: { perUser?: number; now?: () => Date } = {}) {
  const { db } = auth.parts.database;
  const now = () => new Date();
  const onError = (error: unknown) => {
    throw error;
  };
  const liveStreams = createLiveStreams({ db, now, onError, ...over });
  opened.push(liveStreams);
  return { liveStreams, sessions: createSessionStore({ db, secureCookies: true }) };
}
type Server = ReturnType<typeof openServer>;

/** Somebody who has signed in with a browser. */
async function signedIn(server: Server, credits = 20) {
  const { actor } = await auth.userWithCredits(credits);
  const cookie = await auth.parts.database.db.transaction((tx) =>
    server.sessions.create(tx, actor.userId),
  );
  const [cookieHeader = ""] = cookie.split(";");
  const found = await server.sessions.find(cookieHeader);
  return { userId: actor.userId, cookieHeader, sessionId: found?.sessionId ?? "" };
}
type Visitor = Awaited<ReturnType<typeof signedIn>>;

function watch(server: Server, { userId, sessionId }: Visitor, forUserId = userId) {
  const closing = new AbortController();
  const ctx = { ...auth.signedIn(userId), ...server, sessionId };
  const events = watchLive(ctx, { forUserId, include: [] }, closing.signal);
  return { events, close: () => closing.abort() };
}

/** @returns the code of the problem it ended with */
async function toEnd(events: AsyncGenerator<unknown>): Promise<unknown> {
  try {
    for (let next = await events.next(); !next.done; next = await events.next());
  } catch (error) {
    return (error as { problem?: { code: string } }).problem?.code ?? error;
  }
  return "ended";
}

const other = () => openServer();
const rows = () => auth.parts.database.db;
const ends: Record<string, (visitor: Visitor, server: Server) => Promise<unknown>> = {
  "sign out": ({ sessionId }, server) => signOut(server, sessionId),
  "sign out everywhere": ({ userId }, server) =>
    signOutEverywhere({ ...auth.signedIn(userId), ...server }),
  "sign out everywhere, at another server": ({ userId }) =>
    signOutEverywhere({ ...auth.signedIn(userId), ...other() }),
  "a password reset, at another server": async ({ userId }) => {
    const token = await issueResetToken(rows(), userId, auth.clock.now());
    await resetPassword({ ...auth.visitor(), ...other() }, { token, password: "a new password" });
  },
  "its row deleted by hand": ({ sessionId }) =>
    rows()
      .delete(sessions)
      .where(eq(sessions.id, sha256(sessionId))),
  "its time being over": ({ userId }) =>
    rows().update(sessions).set({ expiresAt: new Date() }).where(eq(sessions.userId, userId)),
};

test.each(Object.entries(ends))(
  "a stream ends with its session and says why: %s",
  async (_name, end) => {
    const server = openServer();
    const visitor = await signedIn(server);
    const { events } = watch(server, visitor);
    expect((await events.next()).value).toMatchObject({ type: "balance" });
    await end(visitor, server);
    expect(await toEnd(events)).toBe("unauthenticated");
  },
);

test("an account that is deleted ends its streams", async () => {
  const server = openServer();
  const visitor = await signedIn(server, 0);
  const { events } = watch(server, visitor);
  await events.next();
  await rows().delete(wallets).where(eq(wallets.userId, visitor.userId));
  await rows().delete(users).where(eq(users.id, visitor.userId));
  expect(await toEnd(events)).toBe("unauthenticated");
});

test("a session is looked up once a second, and other streams go on", async () => {
  expect(liveLimits.sessionCheckMs).toBeLessThanOrEqual(1_000);
  const server = openServer();
  const [leaving, staying] = [await signedIn(server), await signedIn(server)];
  const streams = [watch(server, leaving), watch(server, staying)];
  for (const { events } of streams) await events.next();
  await signOut(server, leaving.sessionId);
  expect(await toEnd(streams[0]?.events as AsyncGenerator)).toBe("unauthenticated");

  const next = streams[1]?.events.next();
  streams[1]?.close();
  expect(await next).toMatchObject({ done: true });
});

test("a stream asked for with a session that only this server's memory knows does not begin", async () => {
  const server = openServer();
  const visitor = await signedIn(server);
  await signOutEverywhere({ ...auth.signedIn(visitor.userId), ...other() });
  expect(await server.sessions.find(visitor.cookieHeader)).not.toBeNull();

  await expect(watch(server, visitor).events.next()).rejects.toMatchObject({
    problem: { code: "unauthenticated" },
  });
  // Nor does anything else that is asked for with it.
  expect(await server.sessions.find(visitor.cookieHeader)).toBeNull();
});

test("what changed after a session had ended is never sent, however slowly its stream is read", async () => {
  const server = openServer();
  const visitor = await signedIn(server);
  const signal = new AbortController();
  const stream = await server.liveStreams.open(visitor);
  stream.ended.addEventListener("abort", () => signal.abort());
  const { events } = watch(server, visitor);
  await events.next();
  await signOut(server, visitor.sessionId);
  await expect.poll(() => signal.signal.aborted).toBe(true);
  auth.parts.signals.userChanged(visitor.userId);
  await expect(events.next()).rejects.toMatchObject({ problem: { code: "unauthenticated" } });
  stream.close();
});

test("a user has so many streams and no more, a refusal says how many, and one that ends gives its place back", async () => {
  const server = openServer({ perUser: 2 });
  const [visitor, neighbour] = [await signedIn(server), await signedIn(server)];
  const streams = [watch(server, visitor), watch(server, visitor)];
  for (const { events } of streams) await events.next();
  const refused = { problem: { code: "too_many_streams", limit: 2, retryAfterSeconds: 30 } };
  await expect(watch(server, visitor).events.next()).rejects.toMatchObject(refused);
  expect((await watch(server, neighbour).events.next()).value).toMatchObject({ type: "balance" });

  streams[0]?.close();
  expect(await toEnd(streams[0]?.events as AsyncGenerator)).toBe("ended");
  expect((await watch(server, visitor).events.next()).value).toMatchObject({ type: "balance" });
});

test("opened all at once, no more streams begin than there are places", async () => {
  const server = openServer({ perUser: 3 });
  const visitor = await signedIn(server);
  const begun = await Promise.allSettled(
    Array.from({ length: 10 }, () => server.liveStreams.open(visitor)),
  );
  expect(begun.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
});

test("a page of one user gets nothing once the browser's session is another user's", async () => {
  const server = openServer();
  const visitor = await signedIn(server);
  const { events } = watch(server, visitor, crypto.randomUUID());
  await expect(events.next()).rejects.toMatchObject({ problem: { code: "session_changed" } });
});
