import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { balanceQuery } from "../../../lib/queries.ts";
import { trpc } from "../../../lib/trpc.ts";
import { useUser } from "../../../lib/use-user.ts";
import { refresh } from "./refresh.ts";

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

  useEffect(() => {
    const left = new AbortController();
    let end: (() => void) | undefined;
    // Not part of the first load: a page is read before anything changes on it. Without it, as when it cannot be
    // loaded, the page asks.
    void import("./start-live.ts").then(
      ({ startLive }) => {
        if (!left.signal.aborted) end = startLive({ userId, queryClient, onLive: setLive });
      },
      () => undefined,
    );
    return () => {
      left.abort();
      end?.();
      setLive(false);
    };
  }, [userId, queryClient]);

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
