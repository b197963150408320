import type { QueryCache } from "@tanstack/react-query";
import { problemOf } from "./problem.ts";

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 10_000;
/** Of the delay, at most: browsers that lost the server together must not all come back in one moment. */
const SPREAD = 0.5;

/**
 * The server, or something behind it, is away for now: it says so (503), it cannot be reached, or what answers is
 * not ours, such as the error page of a proxy. A failure that our server describes is an answer.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "TRPCClientError") return false;
  const problem = problemOf(error);
  if (problem !== null) return problem.code === "unavailable" || problem.code === "busy";
  return !("data" in error) || error.data === undefined || error.data === null;
}

/** Milliseconds until a read is tried again: what the server asks for, else longer each time. */
export function outageDelay(failures: number, error: unknown, random = Math.random): number {
  const problem = problemOf(error);
  const asked =
    problem !== null && "retryAfterSeconds" in problem ? problem.retryAfterSeconds * 1_000 : 0;
  const backoff = Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
  return Math.max(asked, backoff) * (1 + SPREAD * random());
}

/** Whether some read is being tried again because of an outage. */
export const isWaitingForServer = (cache: QueryCache): boolean =>
  cache
    .getAll()
    .some(({ state }) => state.fetchStatus === "fetching" && isOutage(state.fetchFailureReason));
