import { reportSessionExpired } from "../../../lib/session.ts";
import { api } from "../../../lib/trpc.ts";

/**
 * The stream's session has ended. Whose page this may still be, only the server knows: it may have been a password reset
 * in this browser, which begins a new session at once, or another person may have signed in.
 */
export async function checkSession(userId: string): Promise<void> {
  const user = await api.auth.me.query().catch(() => undefined);
  // Could not be asked: the stream tries again, and says so again.
  if (user === undefined) return;
  if (user === null) reportSessionExpired();
  else if (user.id !== userId) window.location.reload();
}
