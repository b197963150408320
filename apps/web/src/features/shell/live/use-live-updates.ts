import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { balanceQuery } from "../../../lib/queries.ts";
import { trpc } from "../../../lib/trpc.ts";
import { useUser } from "../../../lib/use-user.ts";
import { eventApplier, refresh } from "./apply-event.ts";
import { checkSession } from "./check-session.ts";
import { joinLiveUpdates } from "./live-tab.ts";
import { watchActivity } from "./page-activity.ts";

/** While credits are held something is under way; else only what other devices do can change anything. */
const POLL_MS = { busy: 2_000, idle: 15_000 };

/**
 * Keeps jobs, balance and billing current while the member's pages are open: by the one stream of this browser, and where
 * there is none (refused, cut off, blocked, no locks over plain http) by asking, as long as the page is looked at.
 */
export function useLiveUpdates(): void {
  const queryClient = useQueryClient();
  const { id: userId } = useUser();
  const { data: balance } = useQuery(balanceQuery());
  const [isLive, setLive] = useState(false);
  const apply = useMemo(() => eventApplier(queryClient), [queryClient]);

  useEffect(() => {
    let leave: (() => void) | undefined;
    const join = () =>
      joinLiveUpdates(userId, {
        onEvent: apply,
        onLive: setLive,
        onSessionOver: () => void checkSession(userId),
      });
    const end = watchActivity((isActive) => {
      leave?.();
      leave = isActive ? join() : undefined;
      if (!isActive) setLive(false);
    });
    return () => {
      end();
      leave?.();
    };
  }, [userId, apply]);

  const isBusy = (balance?.held ?? 0) > 0;
  useEffect(() => {
    if (isLive) return;
    const poll = () => {
      if (document.hidden) return;
      for (const part of [trpc.jobs.list, trpc.credits]) refresh(queryClient, part);
    };
    const timer = window.setInterval(poll, isBusy ? POLL_MS.busy : POLL_MS.idle);
    return () => window.clearInterval(timer);
  }, [isLive, isBusy, queryClient]);
}
