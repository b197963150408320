import type { UserRole } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import { expect, test } from "vitest";
import {
  type ApiContext,
  adminProcedure,
  createCallerFactory,
  publicProcedure,
  router,
  userProcedure,
} from "./trpc.ts";

const callerOf = createCallerFactory(
  router({
    open: publicProcedure.query(() => "open"),
    own: userProcedure.query(({ ctx }) => ctx.actor.userId),
    all: adminProcedure.query(({ ctx }) => ctx.actor.role),
    fail: publicProcedure.query(() => {
      throw new DomainError({ code: "insufficient_credits", required: 5, available: 4 });
    }),
  }),
);
/** Only who acts matters here: none of these procedures reaches for anything else. */
const as = (role: UserRole | null) =>
  callerOf({
    actor: role === null ? { kind: "anonymous" } : { kind: "user", userId: "u1", role },
  } as ApiContext);
const refusal = (code: string, problem: object) => ({ code, cause: { problem } });

test("a visitor reaches what is open, a user their own, an admin all", async () => {
  expect(await as(null).open()).toBe("open");
  expect(await as("user").own()).toBe("u1");
  expect(await as("admin").all()).toBe("admin");
});

test("a visitor is unauthenticated, a user is not an admin", async () => {
  const unauthenticated = refusal("UNAUTHORIZED", { code: "unauthenticated" });
  await expect(as(null).own()).rejects.toMatchObject(unauthenticated);
  await expect(as(null).all()).rejects.toMatchObject(unauthenticated);
  await expect(as("user").all()).rejects.toMatchObject(refusal("FORBIDDEN", { code: "forbidden" }));
});

test("a domain error keeps its data and gets a fitting status", async () => {
  await expect(as(null).fail()).rejects.toMatchObject(
    refusal("PAYMENT_REQUIRED", { code: "insufficient_credits", required: 5, available: 4 }),
  );
});
