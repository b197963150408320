import { QueryClient } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import { isOutage, isWaitingForServer, outageDelay } from "./outage.ts";

const described = (problem: object | null) =>
  TRPCClientError.from({ error: { message: "x", code: -32_603, data: { problem } } } as never);

test("a server that is away is an outage, a failure that it describes is an answer", () => {
  expect(isOutage(described({ code: "unavailable", retryAfterSeconds: 5 }))).toBe(true);
  expect(isOutage(described({ code: "busy", retryAfterSeconds: 1 }))).toBe(true);
  expect(isOutage(TRPCClientError.from(new TypeError("Failed to fetch")))).toBe(true);
  expect(isOutage(TRPCClientError.from(new SyntaxError("Unexpected token '<'")))).toBe(true);
  expect(isOutage(described({ code: "not_found" }))).toBe(false);
  expect(isOutage(described(null))).toBe(false);
  expect(isOutage(new TypeError("a bug of the page"))).toBe(false);
  expect(isOutage(null)).toBe(false);
});

test("a read waits as long as the server asks, at least, and longer each time up to a bound", () => {
  const busy = described({ code: "busy", retryAfterSeconds: 7 });
  expect(outageDelay(0, busy, () => 0)).toBe(7_000);
  expect(outageDelay(0, busy, () => 1)).toBe(10_500);
  const lost = TRPCClientError.from(new TypeError("Failed to fetch"));
  const delays = [0, 1, 2, 3, 4, 50].map((failures) => outageDelay(failures, lost, () => 0));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test("the page waits while a read is being tried again, and no longer", async () => {
  const client = new QueryClient();
  let isAway = true;
  const answer = client.fetchQuery({
    queryKey: ["balance"],
    queryFn: async () => {
      if (isAway) throw TRPCClientError.from(new TypeError("Failed to fetch"));
      return 7;
    },
    retry: true,
    retryDelay: 1,
  });
  await expect.poll(() => isWaitingForServer(client.getQueryCache())).toBe(true);
  isAway = false;
  expect(await answer).toBe(7);
  expect(isWaitingForServer(client.getQueryCache())).toBe(false);
});
