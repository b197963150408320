import { createHash, randomBytes, randomInt } from "node:crypto";
import { imageSettings } from "@tintype/core/generation";
import { uuidv7 } from "@tintype/core/ids";
import type { SubmitJobInput } from "@tintype/core/jobs";
import type { HttpRequest } from "./http-client.ts";

/** The price of the plainest image. */
export const CREDITS = 5;
const settings = imageSettings.parse({ kind: "image", prompt: "a red kite" });

/** As `bench.user_id` and `bench.asset_id` in sql/limit.sql. */
const uuidOf = (text: string): string =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
export const userId = (n: number): string => uuidOf(`user ${n}`);
export const assetId = (n: number): string => uuidOf(`asset ${n}`);
/** As the sessions of sql/fill.sql, whose table holds the hash of this. */
export const headersOf = (n: number) => ({ cookie: `tintype_session=bench-session-${n}` });

export const anyOf = (users: number): number => randomInt(1, users + 1);

/** A request that nobody has sent before, of the n-th user. */
export const newRequest = (n: number, priceId: string): SubmitJobInput => ({
  id: uuidv7(Date.now(), randomBytes(10)),
  inputAssetId: assetId(n),
  settings,
  priceId,
  credits: CREDITS,
  overageCents: 0,
});

/** A call of the n-th user. */
export const mutation = (n: number, procedure: string, input: unknown): HttpRequest => ({
  method: "POST",
  path: `/trpc/${procedure}`,
  headers: headersOf(n),
  body: JSON.stringify(input),
});

export const submitRequest = (n: number, priceId: string): HttpRequest =>
  mutation(n, "jobs.submit", newRequest(n, priceId));

export const queryRequest = (n: number, procedure: string, input?: unknown): HttpRequest => ({
  method: "GET",
  path: `/trpc/${procedure}${input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`}`,
  headers: headersOf(n),
});
