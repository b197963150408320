import { DomainError } from "@tintype/core/problems";
import {
  cancelJob,
  claimJob,
  completeJob,
  type Fence,
  failJob,
  heartbeatJob,
  reapJob,
} from "@tintype/db/job-functions";
import { assets, generationJobs, jobLanes, prices } from "@tintype/db/schema";
import { and, asc, count, eq, gt, inArray, isNotNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { deleteAssets } from "../assets/delete-assets.ts";
import type { ServiceContext, UserActor } from "../context.ts";
import { grantCredits } from "../credits/grants.ts";
import { imageRequest, readyUpload, useTestServices } from "../testing.ts";
import { submitJob } from "./submit-job.ts";

const services = useTestServices({ maxConnections: 16 });
const { clock, userWithCredits, findViolations, newId } = services;

const SEED = 20_261_121;
const USERS = 10;
const ROUNDS = 40;
const CALLS_AT_ONCE = 30;
const CONCURRENCY = 2;
const JOBS_PER_HOUR = 15;
const LEASE_SECONDS = 15;
const unfinished = inArray(generationJobs.status, ["queued", "processing", "reconciling"]);

/** mulberry32: the same storm every time, as far as the database lets two runs be the same. */
function dice(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: <T>(from: readonly T[]): T | undefined => from[below(from.length)] };
}
const { below, pick } = dice(SEED);

type Player = { ctx: ServiceContext<UserActor>; assetId: string };
type Request = Awaited<ReturnType<typeof imageRequest>>;
const players: Player[] = [];
const requests: { player: Player; request: Request }[] = [];
/** Every claim ever made: most are zombies after a while, and go on calling. */
const fences: Fence[] = [];

/** Credits that expire at different times, some of them during the storm. */
async function newPlayer(): Promise<Player> {
  const ctx = await userWithCredits(60, { jobsPerHour: JOBS_PER_HOUR });
  for (const [index, minutes] of [20, 90, 100_000].entries()) {
    await grant(ctx, `storm:${index}`, minutes);
  }
  return { ctx, assetId: await readyUpload(ctx) };
}
const grant = ({ db, actor }: Player["ctx"], idempotencyKey: string, minutes: number) =>
  grantCredits(db, {
    userId: actor.userId,
    source: "promo",
    category: "promo",
    amount: 13,
    idempotencyKey,
    expiresAt: new Date(clock.now().getTime() + minutes * 60_000),
    now: clock.now(),
    actor: { actorKind: "system", actorId: "test" },
  });

async function submit(player: Player): Promise<unknown> {
  const request = await imageRequest(player.ctx, player.assetId);
  const images = 1 + below(3);
  request.settings.count = images;
  request.credits = 5 * images;
  requests.push({ player, request });
  return submitJob(player.ctx, request);
}

async function submitAgain(): Promise<unknown> {
  const { player, request } = pick(requests) ?? {};
  if (!player || !request) return;
  const other = { ...request, settings: { ...request.settings, prompt: "another picture" } };
  const same = Array.from({ length: 3 }, () => submitJob(player.ctx, request));
  const [altered, ...answers] = await Promise.allSettled([submitJob(player.ctx, other), ...same]);
  for (const answer of [altered, ...answers]) {
    if (answer.status === "rejected" && !(answer.reason instanceof DomainError))
      throw answer.reason;
  }
}

async function claim(): Promise<void> {
  const workerId = `worker-${below(6)}`;
  const claimed = await claimJob(services.parts.database.db, {
    workerId,
    concurrency: CONCURRENCY,
    leaseSeconds: LEASE_SECONDS,
    now: clock.now(),
  });
  if (claimed) fences.push({ ...claimed, workerId });
}

async function speakAs(fence: Fence): Promise<unknown> {
  const { db } = services.parts.database;
  const now = clock.now();
  switch (below(4)) {
    case 0:
      return heartbeatJob(db, {
        ...fence,
        leaseSeconds: LEASE_SECONDS,
        progress: below(100),
        stage: null,
        now,
      });
    case 1:
      return failJob(db, {
        ...fence,
        failureCode: below(3) > 0 ? "provider_failed" : null,
        retryable: below(3) > 0,
        backoffSeconds: below(4),
        now,
      });
    default:
      return completeJob(db, { ...fence, deliveredUnits: below(5), outputs: [output()], now });
  }
}
const output = () => ({
  id: newId(),
  bucket: "outputs" as const,
  objectKey: newId(),
  thumbnailKey: null,
  contentType: "image/png",
  byteSize: 1,
  width: 1,
  height: 1,
  durationMs: null,
  fileName: "1.png",
});

async function replacePhoto(player: Player): Promise<void> {
  const { assetId } = player;
  player.assetId = await readyUpload(player.ctx);
  await deleteAssets(player.ctx, { assetIds: [assetId] });
}

function anyCall(): Promise<unknown> {
  const { db } = services.parts.database;
  const now = clock.now();
  const player = pick(players);
  const known = pick(requests);
  // The newest claims are the ones that still mean something.
  const fence = below(3) === 0 ? pick(fences) : fences.at(-1 - below(6));
  const die = below(100);
  if (!player || die < 22 || !known) return player ? submit(player) : Promise.resolve();
  if (die < 28) return submitAgain();
  if (die < 40) {
    const { userId } = known.player.ctx.actor;
    return cancelJob(db, { userId, jobId: known.request.id, now });
  }
  if (die < 62) return claim();
  if (die < 88) return fence ? speakAs(fence) : claim();
  if (die < 94) return reapJob(db, { skip: [], now, blamelessUntil: null });
  if (die < 97) return grant(player.ctx, `storm:${below(6)}`, 500);
  return replacePhoto(player);
}

/** Rules the storm could break that are not about the books. */
async function brokenRules(): Promise<unknown[]> {
  const { db } = services.parts.database;
  const tooMany = await db.select().from(jobLanes).where(gt(jobLanes.processing, CONCURRENCY));
  const withoutPhoto = await db
    .select({ withoutPhoto: generationJobs.id })
    .from(generationJobs)
    .innerJoin(
      assets,
      and(eq(assets.userId, generationJobs.userId), eq(assets.id, generationJobs.inputAssetId)),
    )
    .where(and(unfinished, isNotNull(assets.deletedAt)));
  return [...tooMany, ...withoutPhoto, ...(await findViolations())];
}

async function jobTimesOf({ ctx }: Player): Promise<number[]> {
  const rows = await ctx.db
    .select({ createdAt: generationJobs.createdAt })
    .from(generationJobs)
    .where(eq(generationJobs.userId, ctx.actor.userId))
    .orderBy(asc(generationJobs.createdAt));
  return rows.map(({ createdAt }) => createdAt.getTime());
}

test("a storm of concurrent calls and a jumping clock never breaks the books, and every job ends", async () => {
  const { db } = services.parts.database;
  // A cancel that costs something takes other ways through the settlement than a free one.
  await db.update(prices).set({ cancelFeePercent: 30 }).where(eq(prices.kind, "image"));
  for (let n = 0; n < USERS; n += 1) players.push(await newPlayer());

  for (let round = 0; round < ROUNDS; round += 1) {
    const calls = Array.from({ length: CALLS_AT_ONCE }, anyCall);
    for (const answer of await Promise.allSettled(calls)) {
      // A deadlock or a broken constraint is no expected problem.
      if (answer.status === "rejected") expect(answer.reason).toBeInstanceOf(DomainError);
    }
    expect(await brokenRules(), `seed ${SEED}, round ${round}`).toEqual([]);
    clock.advanceSeconds(below(10) === 0 ? 600 : below(14));
  }

  for (const player of players) {
    const times = await jobTimesOf(player);
    const spans = times.slice(JOBS_PER_HOUR).map((time, index) => time - (times[index] ?? 0));
    expect(spans.every((span) => span >= 3_600_000)).toBe(true);
  }
  clock.advanceSeconds(15 * 60);
  while (await reapJob(db, { skip: [], now: clock.now(), blamelessUntil: null }));
  const [left] = await db.select({ jobs: count() }).from(generationJobs).where(unfinished);
  expect(left).toEqual({ jobs: 0 });
  const statuses = await db
    .select({ status: generationJobs.status, jobs: count() })
    .from(generationJobs)
    .groupBy(generationJobs.status);
  // A storm in which nothing happens proves nothing.
  expect(statuses.filter(({ jobs }) => jobs >= 10)).toHaveLength(3);
});
