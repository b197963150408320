import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { JobReceipt } from "@tintype/core/history";
import type { JobView } from "@tintype/core/jobs";
import { generationJobs } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { startAnother } from "./another-program.ts";
import { ApiClient } from "./api-client.ts";
import { PATIENCE_MS } from "./open-page.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

const stack = useStack();
const workers: ChildProcess[] = [];
afterAll(() => {
  for (const worker of workers) worker.kill("SIGKILL");
});

test("a worker killed in mid-job: another finishes it, once, with one capture", async () => {
  // Somebody must be left when one is killed.
  workers.push(await startAnother(stack, "worker"));
  const client = await new ApiClient(stack.urls.app).signUp(newAccount());
  const photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
  const asset = await client.upload(photo, "image/png");
  const job = await client.generate(asset.id, { kind: "image" });

  const running = await eventually("the job is in work", PATIENCE_MS, async () => {
    const row = await rowOf(job.id);
    return row?.status === "processing" && row.progress > 5 ? row : undefined;
  });
  // A worker's name carries its process id.
  const pid = Number(/-(\d+)-[0-9a-f]{8}$/.exec(running.workerId ?? "")?.[1]);
  process.kill(pid, "SIGKILL");

  const done = await eventually("the job is done", 120_000, async () => {
    const state = await client.query<JobView>("jobs.get", { jobId: job.id });
    return state.status === "completed" ? state : undefined;
  });
  expect(done).toMatchObject({ attempt: 2, chargedCredits: job.credits });
  expect(done.outputs).toHaveLength(1);
  const receipt = await client.query<JobReceipt>("jobs.receipt", { jobId: job.id });
  expect(receipt.events.map(({ kind }) => kind)).toEqual(["hold", "capture"]);
});

async function rowOf(jobId: string) {
  const [row] = await stack.database.db
    .select()
    .from(generationJobs)
    .where(eq(generationJobs.id, jobId));
  return row;
}
