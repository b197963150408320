import type { QueryClient } from "@tanstack/react-query";
import { eventApplier } from "./apply-event.ts";
import { checkSession } from "./check-session.ts";
import { joinLiveUpdates } from "./live-tab.ts";
import { watchActivity } from "./page-activity.ts";

type Part = { userId: string; queryClient: QueryClient; onLive: (isLive: boolean) => void };

/** Takes part in the live updates of this browser whenever the page needs them. @returns a function that ends it */
export function startLive({ userId, queryClient, onLive }: Part): () => void {
  const onEvent = eventApplier(queryClient);
  const onSessionOver = () => void checkSession(userId);
  let leave: (() => void) | undefined;
  const end = watchActivity((isActive) => {
    leave?.();
    leave = isActive ? joinLiveUpdates(userId, { onEvent, onLive, onSessionOver }) : undefined;
    if (!isActive) onLive(false);
  });
  return () => {
    end();
    leave?.();
  };
}
