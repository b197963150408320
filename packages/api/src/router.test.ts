import type { UserRole } from "@tintype/core/auth";
import { expect, test } from "vitest";
import { appRouter } from "./router.ts";
import { type ApiContext, createCallerFactory } from "./trpc.ts";

/** What a visitor may ask; anything else is refused before its input is looked at. */
const open = new Set([
  ...["auth.signUp", "auth.signIn", "auth.signOut", "auth.me"],
  ...["auth.requestPasswordReset", "auth.resetPassword"],
  ...["billing.catalogue", "catalogue.get"],
]);
const paths = Object.keys(appRouter._def.procedures);
const createCaller = createCallerFactory(appRouter);

/** @returns the code of the refusal; the context has nothing else that a procedure could reach for */
async function refusalOf(path: string, role: UserRole | null): Promise<string> {
  const actor =
    role === null ? { kind: "anonymous" } : { kind: "user", userId: crypto.randomUUID(), role };
  const caller = createCaller({ actor } as ApiContext) as unknown as Record<string, Namespace>;
  const [namespace = "", name = ""] = path.split(".");
  try {
    await caller[namespace]?.[name]?.({});
    return "let in";
  } catch (error) {
    return (error as { code?: string }).code ?? "let in";
  }
}
type Namespace = Record<string, (input: unknown) => Promise<unknown>>;

test.each(paths.filter((path) => !open.has(path)))("a visitor is refused %s", async (path) => {
  expect(await refusalOf(path, null)).toBe("UNAUTHORIZED");
});

test.each(paths.filter((path) => path.startsWith("admin.")))(
  "a user is refused %s",
  async (path) => {
    expect(await refusalOf(path, "user")).toBe("FORBIDDEN");
    expect(await refusalOf(path, "admin")).not.toBe("FORBIDDEN");
  },
);

test("what is open is there", () => {
  expect(paths).toEqual(expect.arrayContaining([...open]));
});
