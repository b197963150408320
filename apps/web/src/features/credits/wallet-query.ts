import { trpc } from "../../lib/trpc.ts";
import { timeZone } from "./dates.ts";

/** Buckets, forecast and what expires, by the calendar of whoever looks. */
export const walletQuery = () => trpc.credits.wallet.queryOptions({ timeZone: timeZone() });
