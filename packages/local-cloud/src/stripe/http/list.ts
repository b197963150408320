import type { Stripe } from "stripe";
import { invalid, noSuch } from "../core/errors.ts";
import type { Params } from "../core/params.ts";
import { listOf } from "../core/world.ts";

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

export const LIST_PARAMS = ["limit", "starting_after", "ending_before", "expand"];

/** One page of a list. `rows` come oldest first and are answered newest first, as Stripe does. */
export function pageOf<T extends { id: string }>(
  params: Params,
  rows: T[],
  url: string,
): Stripe.ApiList<T> {
  return pageInOrder(params, rows.toReversed(), url);
}

/** One page of a list that keeps its own order, like the lines of an invoice. */
export function pageInOrder<T extends { id: string }>(
  params: Params,
  rows: T[],
  url: string,
): Stripe.ApiList<T> {
  const limit = params.integer("limit") ?? DEFAULT_LIMIT;
  if (limit < 1 || limit > MAX_LIMIT) {
    throw invalid(`Invalid limit: must be between 1 and ${MAX_LIMIT}`, {
      code: "parameter_invalid_integer",
      param: "limit",
    });
  }
  const before = params.text("ending_before");
  if (before !== undefined) {
    const end = indexOf(rows, before, "ending_before");
    const start = Math.max(0, end - limit);
    return listOf(rows.slice(start, end), url, start > 0);
  }
  const after = params.text("starting_after");
  const start = after === undefined ? 0 : indexOf(rows, after, "starting_after") + 1;
  return listOf(rows.slice(start, start + limit), url, rows.length > start + limit);
}

function indexOf(rows: { id: string }[], id: string, param: string): number {
  const index = rows.findIndex((row) => row.id === id);
  if (index < 0) throw noSuch("object", id, param, 400);
  return index;
}

const RANGE = ["gt", "gte", "lt", "lte"];

/** `created=…` or `created[gte]=…`: whether a time is in it. */
export function createdFilter(params: Params): (row: { created: number }) => boolean {
  if (!params.has("created")) return () => true;
  const tree = params.tree.created;
  if (typeof tree === "string") return ({ created }) => created === Number(tree);
  const range = params.group("created").allowOnly(RANGE);
  const [gt, gte, lt, lte] = RANGE.map((name) => range.integer(name));
  return ({ created }) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte);
}
