import { users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";
import { readStopLettersLink } from "../mail/stop-letters-link.ts";
import { readAsUser } from "../read-as-user.ts";
import { writeSettings } from "./settings.ts";

/**
 * Turns the letters off that one may do without, for whoever holds the link of one of them; any number of times.
 * @returns false for a link that is not ours: nothing is changed
 */
export async function stopLetters(
  ctx: ServiceContext,
  { secret, link }: { secret: string | null; link: URLSearchParams },
): Promise<boolean> {
  const userId = readStopLettersLink(secret, link);
  if (userId === null) return false;
  const actor = { kind: "user", userId, role: "user" } as const;
  await readAsUser({ ...ctx, actor }, async (tx) => {
    const [reader] = await tx.select({ id: users.id }).from(users).where(eq(users.id, userId));
    // Whoever has no account any more gets no letters either.
    if (reader) await writeSettings(tx, userId, { emailNotifications: false }, ctx.now());
  });
  return true;
}
