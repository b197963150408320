import type { LiveEvent } from "../../../lib/api-types.ts";
import { problemOf } from "../../../lib/problem.ts";
import { api } from "../../../lib/trpc.ts";

type Hooks = {
  onEvent: (event: LiveEvent) => void;
  /** While it is not open, what is known may be out of date. */
  onConnection: (isOpen: boolean) => void;
  /** The session has ended, or is somebody else's now. */
  onSessionOver: () => void;
};

/** A stream that was refused, as during a redeploy, is not asked for again by the browser itself. */
const RETRY_MS = 5_000;
const MAX_RETRY_MS = 30_000;

/** The connection to `jobs.watch`, opened again whenever it is lost. @returns a function that closes it */
export function openStream(forUserId: string, hooks: Hooks): () => void {
  let retryMs = RETRY_MS;
  let timer: number | undefined;
  let subscription: { unsubscribe: () => void } | undefined;
  let isClosed = false;

  const retry = (error: unknown) => {
    hooks.onConnection(false);
    const problem = problemOf(error);
    if (problem?.code === "unauthenticated" || problem?.code === "session_changed") {
      hooks.onSessionOver();
    }
    const asked = problem && "retryAfterSeconds" in problem ? problem.retryAfterSeconds * 1_000 : 0;
    timer = window.setTimeout(connect, Math.max(asked, retryMs));
    retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
  };
  const connect = () => {
    const input = { forUserId, include: ["billing" as const] };
    subscription = api.jobs.watch.subscribe(input, {
      onData: ({ data }) => {
        if (isClosed) return;
        retryMs = RETRY_MS;
        hooks.onEvent(data);
      },
      onConnectionStateChange: ({ state }) => {
        if (!isClosed) hooks.onConnection(state === "pending");
      },
      onError: (error) => {
        if (!isClosed) retry(error);
      },
    });
  };

  connect();
  return () => {
    isClosed = true;
    window.clearTimeout(timer);
    subscription?.unsubscribe();
  };
}
