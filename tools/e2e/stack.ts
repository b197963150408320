import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "@tintype/db/client";
import { findViolations, type TestDatabase } from "@tintype/db/testing";
import { afterAll, beforeAll, expect } from "vitest";
import { type RunningStack, startStack } from "../src/stack.ts";

export type E2eStack = RunningStack & {
  database: Pick<TestDatabase, "db" | "close">;
  log: (name: string) => string;
};

/** What of this machine the stack may see: nothing that names a real service. */
const hostEnvironment = () => {
  const { PATH, HOME, TMPDIR, LANG, NODE_EXTRA_CA_CERTS } = process.env;
  return { PATH, HOME, TMPDIR, LANG, NODE_EXTRA_CA_CERTS };
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
      env: { ...hostEnvironment(), DEMO_ACCOUNTS: "true", SANDBOX_PAYMENTS: "true", ...env },
      onLine: (name, line) => logs.set(name, [...(logs.get(name) ?? []), line]),
    });
    const database = connect(running.env.DATABASE_URL ?? "", { maxConnections: 2 });
    const log = (name: string) => (logs.get(name) ?? []).join("\n");
    // `failed` is a getter that must keep its owner, so it is read once here.
    Object.assign(stack, { ...running, failed: running.failed, database, log });
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

export type Account = { email: string; password: string };
export const newAccount = (): Account => ({
  email: `${randomUUID().slice(0, 8)}@example.com`,
  password: "correct horse battery",
});
