import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "@tintype/db/client";
import { findViolations, type TestDatabase } from "@tintype/db/testing";
import { afterAll, beforeAll, expect } from "vitest";
import { type RunningStack, startStack } from "../src/stack.ts";
import { emulator } from "./books.ts";

export type E2eStack = RunningStack & {
  database: Pick<TestDatabase, "db" | "close">;
  log: (name: string) => string;
};

/** What of this machine the stack may see: nothing that names a real service. */
const hostEnvironment = () => {
  const { PATH, HOME, TMPDIR, LANG, NODE_EXTRA_CA_CERTS } = process.env;
  return { PATH, HOME, TMPDIR, LANG, NODE_EXTRA_CA_CERTS };
};

/** A newcomer has credits at once: what waits for a confirmed address is the story of one file. */
const defaults = {
  DEMO_ACCOUNTS: "true",
  SANDBOX_PAYMENTS: "true",
  REQUIRE_VERIFIED_EMAIL: "false",
};

/**
 * The production shape with embedded services, on free ports and in a folder of its own, for one test file.
 * When the file's tests are through, the books must balance.
 */
export function useStack(env: Record<string, string> = {}): E2eStack {
  const stack: Partial<E2eStack> = {};
  let dataDir = "";
  const logs = new Map<string, string[]>();

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "tintype-e2e-"));
    const running = await startStack({
      mode: "production",
      dataDir,
      ports: "free",
      fast: true,
      env: { ...hostEnvironment(), ...defaults, ...env },
      onLine: (name, line) => logs.set(name, [...(logs.get(name) ?? []), line]),
    });
    const database = connect(running.env.DATABASE_URL ?? "", { maxConnections: 2 });
    const log = (name: string) => (logs.get(name) ?? []).join("\n");
    // `failed` is a getter that must keep its owner, so it is read once here.
    Object.assign(stack, { ...running, failed: running.failed, database, log });
    await turnTo(process.env.E2E_AT, stack as E2eStack);
  });
  afterAll(async () => {
    try {
      // Not there when the stack did not come up; that failure has been reported already.
      if (stack.database) expect(await findViolations(stack.database)).toEqual([]);
    } finally {
      await stack.database?.close();
      await stack.stop?.();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
  return stack as E2eStack;
}

/**
 * The stack's clock goes forward to the next such moment: "31T23:59" is the end of a month's 31st day in UTC. So a walk can be
 * taken on the days on which months and years end.
 */
async function turnTo(moment: string | undefined, stack: E2eStack): Promise<void> {
  if (moment === undefined) return;
  const now = Date.now();
  const days = Array.from({ length: 62 }, (_, day) => new Date(now + day * 86_400_000));
  const found = days
    .map((day) => new Date(`${day.toISOString().slice(0, 8)}${moment}Z`))
    .find((time) => time.getTime() > now);
  if (!found) throw new Error(`E2E_AT=${moment} is no moment of a month`);
  await emulator(stack, "advance", { seconds: Math.ceil((found.getTime() - now) / 1_000) });
}

export type Account = { email: string; password: string };
export const newAccount = (): Account => ({
  email: `${randomUUID().slice(0, 8)}@example.com`,
  password: "correct horse battery",
});
