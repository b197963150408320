import { videoSettings } from "@tintype/core/generation";
import { claimJob } from "@tintype/db/job-functions";
import { assets, creditEvents, generationJobs } from "@tintype/db/schema";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { beforeAll } from "vitest";
import { listValidPrices } from "../src/catalogue/catalogue.ts";
import type { ServiceContext, UserActor } from "../src/context.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { imageRequest, readyUpload, useTestServices } from "../src/testing.ts";

const CONNECTIONS = 24;
type User = ServiceContext<UserActor>;

/** The parts of `useTestServices`, with as many open connections as a story has people, and its usual scenes. */
export function useStudio() {
  const services = useTestServices({ maxConnections: CONNECTIONS });
  const { parts, clock } = services;

  // Cold connections would queue up and make the races of the stories polite.
  beforeAll(async () => {
    const open = () => parts.database.db.execute(sql`select pg_sleep(0.05)`);
    await Promise.all(Array.from({ length: CONNECTIONS }, open));
  });

  return {
    ...services,
    /** A request for `count` images, 5 credits each. */
    requestImages: async (user: User, count = 1, inputAssetId?: string) => {
      const request = await imageRequest(user, inputAssetId);
      return { ...request, settings: { ...request.settings, count }, credits: count * 5 };
    },
    submitImages: async (user: User, count = 1) => {
      const request = await imageRequest(user);
      const settings = { ...request.settings, count };
      return submitJob(user, { ...request, settings, credits: count * 5 });
    },
    /** A video of so many seconds, one credit each. */
    submitVideo: async (user: User, durationSeconds: number) => {
      const prices = await listValidPrices(user.db, clock.now());
      const price = prices.find(
        (row) =>
          row.kind === "video" && row.modelTier === "standard" && row.qualityTier === "watermark",
      );
      if (!price) throw new Error("the studio catalogue has no draft video");
      return submitJob(user, {
        id: services.newId(),
        inputAssetId: await readyUpload(user),
        settings: videoSettings.parse({
          kind: "video",
          qualityTier: "watermark",
          durationSeconds,
        }),
        priceId: price.id,
        credits: durationSeconds,
      });
    },
    /** Takes the next job as a worker does, and shows what it must show to end it. */
    claim: async (workerId = "worker") => {
      const job = await claimJob(parts.database.db, {
        workerId,
        concurrency: 2,
        leaseSeconds: 15,
        now: clock.now(),
      });
      if (!job) throw new Error("there is no job to claim");
      return { userId: job.userId, jobId: job.jobId, attempt: job.attempt, workerId };
    },
  };
}

export const jobsOf = ({ db, actor }: User) =>
  db.select().from(generationJobs).where(eq(generationJobs.userId, actor.userId));

/** The ends of a job's hold; the design says that there is exactly one. */
export const settlementsOf = async ({ db, actor }: User, jobId: string): Promise<string[]> => {
  const rows = await db
    .select({ kind: creditEvents.kind })
    .from(creditEvents)
    .where(
      and(
        eq(creditEvents.userId, actor.userId),
        eq(creditEvents.jobId, jobId),
        inArray(creditEvents.kind, ["capture", "release"]),
      ),
    );
  return rows.map(({ kind }) => kind);
};

/** The user's history, oldest first: "hold -5". */
export const historyOf = async ({ db, actor }: User): Promise<string[]> => {
  const rows = await db
    .select({ kind: creditEvents.kind, change: creditEvents.availableChange })
    .from(creditEvents)
    .where(eq(creditEvents.userId, actor.userId))
    .orderBy(asc(creditEvents.seq));
  return rows.map(({ kind, change }) => `${kind} ${change}`);
};

export const outputsOf = ({ db, actor }: User, jobId: string) =>
  db
    .select({ id: assets.id })
    .from(assets)
    .where(and(eq(assets.userId, actor.userId), eq(assets.jobId, jobId)));
