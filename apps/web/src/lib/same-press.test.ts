import { createTRPCClient, type TRPCLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { expect, test } from "vitest";
import { samePressLink } from "./same-press.ts";

const t = initTRPC.create();
const changing = t.procedure.input((value: unknown) => value).mutation(() => "done");
const router = t.router({ redeem: changing, claim: changing });

/** A server that answers when it is told to, and keeps what it was asked. */
function clientOf(whose: () => string | undefined) {
  const asked: { path: string; answer: (value: string | Error) => void }[] = [];
  const server: TRPCLink<typeof router> =
    () =>
    ({ op }) =>
      observable((observer) => {
        asked.push({
          path: op.path,
          answer: (value) => {
            if (value instanceof Error) return observer.error(value as never);
            observer.next({ result: { type: "data", data: value } });
            observer.complete();
          },
        });
      });
  const client = createTRPCClient<typeof router>({ links: [samePressLink(whose), server] });
  return { client, asked };
}

test("two presses before the answer are one, and both hear that it was done; a later one is another", async () => {
  const { client, asked } = clientOf(() => "ada");
  const presses = [client.redeem.mutate("CODE"), client.redeem.mutate("CODE")];
  expect(asked).toHaveLength(1);
  asked[0]?.answer("ten credits");
  expect(await Promise.all(presses)).toEqual(["ten credits", "ten credits"]);
  const later = client.redeem.mutate("CODE");
  expect(asked).toHaveLength(2);
  asked[1]?.answer(new Error("redeemed before"));
  await expect(later).rejects.toThrow("redeemed before");
});

test("another change, another input, and another user in the same tab are asked for by themselves", async () => {
  let user = "ada";
  const { client, asked } = clientOf(() => user);
  const presses = [
    client.redeem.mutate("CODE"),
    client.redeem.mutate("OTHER"),
    client.claim.mutate("CODE"),
  ];
  user = "bob";
  presses.push(client.redeem.mutate("CODE"));
  expect(asked.map(({ path }) => path)).toEqual(["redeem", "redeem", "claim", "redeem"]);
  for (const [index, { answer }] of asked.entries()) answer(String(index));
  expect(await Promise.all(presses)).toEqual(["0", "1", "2", "3"]);
});

test("what failed may be pressed again", async () => {
  const { client, asked } = clientOf(() => undefined);
  const presses = [client.claim.mutate("x"), client.claim.mutate("x")];
  asked[0]?.answer(new Error("away"));
  for (const press of presses) await expect(press).rejects.toThrow("away");
  const again = client.claim.mutate("x");
  asked[1]?.answer("one credit");
  expect(await again).toBe("one credit");
});
