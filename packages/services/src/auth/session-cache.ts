import type { UserView } from "@tintype/core/auth";
import { sha256 } from "./sha256.ts";

const REMEMBER_MS = 10_000;
const MAX_REMEMBERED = 10_000;

type Entry = { user: UserView; until: number };

/**
 * Sessions seen in the last ten seconds. A look-up that was under way while something was forgotten is not
 * remembered: else a session could come back to life after its owner had ended it.
 */
export function createSessionCache(now: () => number) {
  const entries = new Map<string, Entry>();
  let generation = 0;

  return {
    get(sessionId: string): UserView | undefined {
      const entry = entries.get(sha256(sessionId));
      return entry && entry.until > now() ? entry.user : undefined;
    },
    /** Call it before looking the session up, and the result with what was found. */
    reserve(sessionId: string) {
      const begun = generation;
      return (user: UserView, expiresAt: Date) => {
        if (begun !== generation) return;
        if (entries.size >= MAX_REMEMBERED) entries.clear();
        const until = Math.min(now() + REMEMBER_MS, expiresAt.getTime());
        entries.set(sha256(sessionId), { user, until });
      };
    },
    forgetSession(sessionId: string): void {
      generation++;
      entries.delete(sha256(sessionId));
    },
    forgetUser(userId: string): void {
      generation++;
      for (const [key, { user }] of entries) if (user.id === userId) entries.delete(key);
    },
  };
}
