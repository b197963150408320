import type { Page } from "@tintype/core/assets";
import type { CreditEventView, HistoryInput } from "@tintype/core/history";
import type { ServiceContext, UserActor } from "../context.ts";
import { invalidCursor, toPage } from "../keyset.ts";
import { readAsUser } from "../read-as-user.ts";
import { readHistoryLines } from "./history-lines.ts";

/** A sequence number that a double still holds exactly. */
const CURSOR = /^\d{1,15}$/;

/** The user's credit events that the filter lets through, newest first; the cursor is the last number seen. */
export async function listHistory(
  ctx: ServiceContext<UserActor>,
  { cursor, limit, ...filter }: HistoryInput,
): Promise<Page<CreditEventView>> {
  if (cursor !== undefined && !CURSOR.test(cursor)) throw invalidCursor();
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await readAsUser(ctx, (tx) =>
    readHistoryLines(tx, ctx.actor.userId, { filter, before, limit: limit + 1 }),
  );
  return toPage(rows, limit, (row) => String(row.seq), rows);
}
