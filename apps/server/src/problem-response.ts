import type { Problem } from "@tintype/core/problems";
import type { Context } from "hono";

type Refusal = {
  status: 403 | 404 | 413 | 429 | 500 | 503;
  problem: Problem | null;
  message: string;
};

/** A refusal before tRPC is reached, in the form tRPC's client reads, so that the SPA has one kind of error. */
export function refuse(c: Context, { status, problem, message }: Refusal): Response {
  const data = { code: message.toUpperCase().replaceAll(" ", "_"), httpStatus: status, problem };
  return c.json({ error: { message, code: -32_600, data } }, status);
}
