import { uuidv7 } from "@tintype/core/ids";
import { expect, test } from "vitest";
import { TestBrowser, useTestServer } from "./testing.ts";

const server = useTestServer();
const newId = () => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const NUL = "a\u0000b";
const HALF_CHARACTER = "a\ud83d";
const invalid = (field: string) => ({
  status: 400,
  problem: { code: "invalid_input", issues: [{ field, rule: "invalid_format" }] },
});

async function signedUp(): Promise<TestBrowser> {
  const browser = new TestBrowser(server.app);
  await browser.signUp();
  return browser;
}

test.each([NUL, HALF_CHARACTER])(
  "text the database cannot keep (%j) is bad input, no error of ours",
  async (text) => {
    const user = await signedUp();
    const settings = { kind: "image", prompt: text };
    expect(await user.query("jobs.quote", { settings })).toMatchObject(invalid("settings.prompt"));
    const request = { id: newId(), inputAssetId: newId(), settings, priceId: newId(), credits: 5 };
    expect(await user.mutate("jobs.submit", request)).toMatchObject(invalid("settings.prompt"));

    // The name of a file is nothing to correct: it is cleaned.
    const upload = { id: newId(), fileName: text, contentType: "image/png", byteSize: 10 };
    expect(await user.mutate("assets.createUpload", upload)).toMatchObject({ status: 200 });
    expect(server.log.some((line) => line.includes("unexpected error"))).toBe(false);
  },
);

/** Every other place where text comes in, with what else such a call needs. */
const textInputs: [procedure: string, field: string, rest: object, kind: "query" | "mutate"][] = [
  ["auth.signIn", "password", { email: "a@example.com" }, "mutate"],
  ["auth.resetPassword", "token", { password: "correct horse battery" }, "mutate"],
  ["assets.createUpload", "contentType", { id: newId(), fileName: "a", byteSize: 9 }, "mutate"],
  ["assets.list", "cursor", {}, "query"],
  ["jobs.list", "cursor", {}, "query"],
  ["credits.history", "cursor", {}, "query"],
  ["billing.payments", "cursor", {}, "query"],
  ["billing.previewChange", "planCode", {}, "query"],
  ["billing.openPortal", "returnTo", {}, "mutate"],
];

test.each(textInputs)("%s says that its %s is bad input", async (procedure, field, rest, kind) => {
  const user = await signedUp();
  for (const end of ["\u0000", "\ud83d", "\u202e", "\u0007"]) {
    const answer = await user[kind](procedure, { ...rest, [field]: `/${"x".repeat(20)}${end}` });
    expect(answer).toMatchObject({ status: 400, problem: { code: "invalid_input" } });
  }
});

test("line breaks and every language are fine in a prompt", async () => {
  const user = await signedUp();
  const settings = { kind: "image", prompt: "Кофе ☕\nна столе 👩‍🍳\t🇯🇵" };
  expect(await user.query("jobs.quote", { settings })).toMatchObject({ status: 200 });
});

test.each([
  "nonsense",
  `9999999999999999_${"a".repeat(36)}`,
  `1780000000000_${"-".repeat(36)}`,
  `9999999999999999_01890a5d-ac96-774b-bcce-b302099a8057`,
  `8000000000000000_01890a5d-ac96-774b-bcce-b302099a8057`,
])("the made-up cursor %s is bad input", async (cursor) => {
  const user = await signedUp();
  for (const list of ["jobs.list", "assets.list"]) {
    expect(await user.query(list, { cursor })).toMatchObject(invalid("cursor"));
  }
});

test.each(["nonsense", "", " 1", "1e3", "-1", "99999999999999999999"])(
  "the made-up cursor %j of the history is bad input",
  async (cursor) => {
    const user = await signedUp();
    expect(await user.query("credits.history", { cursor })).toMatchObject(invalid("cursor"));
  },
);

const fileSince = (user: TestBrowser, moment: string) =>
  server.app.request(`/export/credits.csv?from=${encodeURIComponent(moment)}`, {
    headers: { cookie: user.cookie },
  });

test.each(["0000-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00"])(
  "the moment %s is bad input of the history and of its file",
  async (moment) => {
    const user = await signedUp();
    for (const field of ["from", "to"]) {
      expect(await user.query("credits.history", { [field]: moment })).toMatchObject({
        status: 400,
        problem: { code: "invalid_input", issues: [{ field }] },
      });
    }
    expect((await fileSince(user, moment)).status).toBe(400);
  },
);

test("an offset that the database does not know is a moment all the same", async () => {
  const user = await signedUp();
  const from = "2026-01-01T00:00:00+18:00";
  expect(await user.query("credits.history", { from })).toMatchObject({ status: 200 });
  expect((await fileSince(user, from)).status).toBe(200);
});
