import { z } from "zod";
import type { BalanceView, JobView } from "./jobs.ts";
import { inputText } from "./text.ts";

export const liveLimits = {
  /** Streams that one user may have open at a server; a browser needs one, however many tabs it has. */
  streamsPerUser: 12,
  /** So often every open stream's session is looked up: a stream outlives its session by no more than this. */
  sessionCheckMs: 1_000,
  /** When a browser whose stream was refused may ask for one again. */
  retrySeconds: 30,
} as const;

/** States that a page has to ask for: a page from before they existed would not know what to do with them. */
const livePartNames = ["billing"] as const;

export const watchInput = z
  .object({
    /** Sent by a browser that reconnects. Every state is sent again then, so nothing depends on it. */
    lastEventId: inputText({ max: 100, keepsSpaces: true }).nullish(),
    /** Whose page is asking: the cookie may belong to somebody else by now. */
    forUserId: z.uuid().optional(),
    include: z.array(z.enum(livePartNames)).max(livePartNames.length).default([]),
  })
  .default({ include: [] });
export type WatchInput = z.infer<typeof watchInput>;

/** What `jobs.watch` sends: the newest state, never a difference, so a lost message loses nothing. */
export type LiveEvent =
  | { type: "job"; job: JobView }
  | { type: "balance"; balance: BalanceView }
  /** Another version: something of the user's plan, bills, payments or disputes is not what it was. */
  | { type: "billing"; version: string };
