import type {
  AdjustCreditsInput,
  AdminMove,
  CompensateUserInput,
} from "@tintype/core/admin-credits";
import { DomainError } from "@tintype/core/problems";
import { takeCredits } from "@tintype/db/credit-functions";
import { generationJobs } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import type { AdminActor, ServiceContext } from "../context.ts";
import { grantCredits, type NewGrant } from "../credits/grants.ts";
import { afterMove, ensureSameRequest, ensureUser } from "./admin-moves.ts";

type AdminContext = ServiceContext<AdminActor>;
type Take = Extract<AdjustCreditsInput, { change: "take" }>;

/**
 * Gives a user credits or takes some, with a reason that the user can read. The same request again moves nothing.
 * @throws DomainError user_not_found | request_id_reused | invalid_input | credits_not_available
 */
export async function adjustCredits(
  ctx: AdminContext,
  input: AdjustCreditsInput,
): Promise<AdminMove> {
  const { userId, requestId } = input;
  await ensureUser(ctx, userId);
  const idempotencyKey = `adjustment:${requestId}`;
  if (input.change === "take") return take(ctx, input, idempotencyKey);

  const { amount, reason, category, priority, expiresAt } = input;
  const grant = { userId, amount, reason, category, priority, expiresAt, idempotencyKey };
  return give(ctx, { ...grant, source: "adjustment" }, requestId);
}

/**
 * Makes good what went wrong, for one of the user's jobs or for no particular one. Key: `compensation:{request}`.
 * @throws DomainError user_not_found | job_not_found | request_id_reused | invalid_input
 */
export async function compensateUser(
  ctx: AdminContext,
  { userId, requestId, amount, reason, jobId, priority, expiresAt }: CompensateUserInput,
): Promise<AdminMove> {
  await ensureUser(ctx, userId);
  if (jobId !== undefined) await ensureJobOfUser(ctx, userId, jobId);
  const grant = {
    userId,
    amount,
    reason: jobId === undefined ? reason : `${reason} [job ${jobId}]`,
    priority,
    expiresAt,
    idempotencyKey: `compensation:${requestId}`,
  };
  return give(ctx, { ...grant, source: "compensation", category: "promo" }, requestId);
}

type Given = Omit<NewGrant, "actor" | "now" | "reason"> & { reason: string };

async function give(ctx: AdminContext, grant: Given, requestId: string): Promise<AdminMove> {
  const now = ctx.now();
  if (grant.expiresAt && grant.expiresAt <= now) {
    const issues = [{ field: "expiresAt", rule: "too_small" }];
    throw new DomainError({ code: "invalid_input", issues });
  }
  const actor = { actorKind: "admin", actorId: ctx.actor.userId } as const;
  const moved = await grantCredits(ctx.db, { ...grant, now, actor });
  const { userId, idempotencyKey, amount: change, reason } = grant;
  if (!moved) await ensureSameRequest(ctx, { userId, idempotencyKey, requestId, change, reason });
  return afterMove(ctx, userId, moved);
}

async function take(ctx: AdminContext, input: Take, idempotencyKey: string): Promise<AdminMove> {
  const { userId, requestId, grantId, amount, reason } = input;
  const taken = await takeCredits(ctx.db, {
    userId,
    grantId,
    amount,
    idempotencyKey,
    actorKind: "admin",
    actorId: ctx.actor.userId,
    reason,
    now: ctx.now(),
  });
  if (taken.outcome === "insufficient_credits") {
    const { available } = taken;
    throw new DomainError({ code: "credits_not_available", requested: amount, available });
  }
  const moved = taken.outcome === "taken";
  const change = -amount;
  if (!moved) await ensureSameRequest(ctx, { userId, idempotencyKey, requestId, change, reason });
  return afterMove(ctx, userId, moved);
}

async function ensureJobOfUser({ db }: AdminContext, userId: string, jobId: string): Promise<void> {
  const [job] = await db
    .select({ id: generationJobs.id })
    .from(generationJobs)
    .where(and(eq(generationJobs.userId, userId), eq(generationJobs.id, jobId)));
  if (!job) throw new DomainError({ code: "job_not_found", jobId });
}
