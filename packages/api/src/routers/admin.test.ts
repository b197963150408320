import type { UserRole } from "@tintype/core/auth";
import { expect, test } from "vitest";
import { appRouter } from "../router.ts";
import { type ApiContext, createCallerFactory } from "../trpc.ts";

const callerOf = createCallerFactory(appRouter);
/** Whoever may not come in reaches nothing, so there is nothing to reach. */
const as = (role: UserRole | null) =>
  callerOf({
    actor: role === null ? { kind: "anonymous" } : { kind: "user", userId: "u1", role },
  } as ApiContext).admin;

const procedures = Object.keys(appRouter._def.procedures)
  .filter((path) => path.startsWith("admin."))
  .map((path) => path.slice("admin.".length));
const call = (caller: ReturnType<typeof as>, name: string) =>
  (Reflect.get(caller, name) as (input: unknown) => Promise<unknown>)({});

test("there are procedures for admins", () => {
  expect(procedures).toContain("adjustCredits");
});

test.each(procedures)("admin.%s is for admins only, whatever the input", async (name) => {
  await expect(call(as("user"), name)).rejects.toMatchObject({
    code: "FORBIDDEN",
    cause: { problem: { code: "forbidden" } },
  });
  await expect(call(as(null), name)).rejects.toMatchObject({
    code: "UNAUTHORIZED",
    cause: { problem: { code: "unauthenticated" } },
  });
});
