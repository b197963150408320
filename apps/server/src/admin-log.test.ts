import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { TestBrowser, useTestServer } from "./testing.ts";

const server = useTestServer();

async function signedIn(role: "user" | "admin") {
  const browser = new TestBrowser(server.app);
  const { data } = await browser.signUp();
  const id = String(data?.id);
  await server.database.db.execute(`update users set role = '${role}' where id = '${id}'`);
  return { browser, id };
}
const acts = () =>
  server.log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === "an administrator acted");

test("who rolled over, and who booked an event again, is in the log; a look is not, and nobody else", async () => {
  const { browser, id } = await signedIn("admin");
  expect((await browser.mutate("admin.rollOver")).status).toBe(200);
  expect(acts()).toMatchObject([
    { action: "admin.rollOver", adminId: id, isDone: true, subject: {} },
  ]);
  const eventId = `evt_${randomUUID().replaceAll("-", "")}`;
  await browser.mutate("admin.replayWebhookEvent", { eventId, note: "not to be written down" });
  expect(acts()[1]).toMatchObject({
    ...{ action: "admin.replayWebhookEvent", adminId: id, isDone: false, subject: { eventId } },
  });
  expect(acts()[1]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  await browser.query("admin.listWebhookEvents", { limit: 5 });
  const { browser: stranger } = await signedIn("user");
  expect((await stranger.mutate("admin.rollOver")).status).toBe(403);
  expect(acts()).toHaveLength(2);
  expect(acts().every((line) => JSON.stringify(line).includes("not to be") === false)).toBe(true);
});
