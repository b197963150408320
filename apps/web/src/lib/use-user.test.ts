import { MutationObserver } from "@tanstack/react-query";
import { beforeAll, expect, test, vi } from "vitest";
import type { User } from "./api-types.ts";
import { inOrder } from "./in-order.ts";
import { queryClient } from "./query-client.ts";
import { becomeUser, isSignedIn } from "./use-user.ts";

beforeAll(() => {
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => undefined } });
});

const somebody = (id: string): User => ({
  ...{ id, email: `${id}@example.com`, role: "user", locale: "en" },
  ...{ isVerified: true, awaitsVerification: false },
  createdAt: "2026-01-01T00:00:00.000Z",
});

test("a change that waits its turn is not sent as the user who signs in next", async () => {
  await becomeUser(somebody("first"));
  const sent: string[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const change = (limit: string) =>
    new MutationObserver(queryClient, {
      scope: inOrder("limits"),
      mutationFn: async () => {
        sent.push(limit);
        await answered;
      },
    }).mutate();
  const first = change("first's limit");
  void change("first's second thought");
  await vi.waitFor(() => expect(sent).toEqual(["first's limit"]));

  await becomeUser(somebody("second"));
  expect([isSignedIn("first"), isSignedIn("second")]).toEqual([false, true]);
  answer();
  await first;
  const own = new MutationObserver(queryClient, {
    scope: inOrder("limits"),
    mutationFn: async () => sent.push("second's limit"),
  });
  await own.mutate();
  expect(sent).toEqual(["first's limit", "second's limit"]);
});
