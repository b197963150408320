import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { appRouter } from "@tintype/api/router";
import { freePort } from "@tintype/local-cloud/ports";
import { type RunningStripe, startStripeEmulator } from "@tintype/local-cloud/stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { TestBrowser, useTestServer } from "./testing.ts";

/**
 * Walks every procedure with input that is well formed and names nothing: ids of nobody's, cursors of no page. Each must
 * answer in words of ours.
 */
const stripePort = await freePort();
const server = useTestServer({
  STRIPE_SECRET_KEY: "sk_test_walk",
  STRIPE_WEBHOOK_SECRET: "whsec_walk",
  STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`,
  RATE_LIMIT_PER_MINUTE: "0",
});
const dataFolder = mkdtempSync(path.join(tmpdir(), "tintype-walk-"));
let stripe: RunningStripe;
let admin: TestBrowser;
beforeAll(async () => {
  stripe = await startStripeEmulator({ dataFolder, port: stripePort });
  admin = new TestBrowser(server.app);
  const { data } = await admin.signUp();
  await server.database.db.execute(`update users set role = 'admin' where id = '${data?.id}'`);
  // A customer at the provider: else nothing is asked there.
  const bought = { kind: "pack", code: await somePack(), requestId: randomUUID() };
  expect(await admin.mutate("billing.startCheckout", bought)).toMatchObject({ status: 200 });
});
afterAll(async () => {
  await stripe.close();
  rmSync(dataFolder, { recursive: true });
});

async function somePack(): Promise<string> {
  const [row] = await server.database.db.execute<{ code: string }>(
    "select code from packs limit 1",
  );
  return row?.code ?? "";
}

type Schema = {
  type?: string;
  format?: string;
  pattern?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minLength?: number;
  minimum?: number;
  minItems?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};

/** Well-formed texts for patterns that nothing else tells. */
const SAMPLES = [
  ...[
    "in_unknown",
    "cs_unknown",
    "evt_unknown",
    "pi_unknown",
    "1780000000000",
    "/billing",
    "ABCD2345",
  ],
  ...["unknown", "unknown@example.com", "2026-06-01T12:00:00Z", "0".repeat(64), "2026-06-01"],
  ...["1780000000000_01890a5d-ac96-774b-bcce-b302099a8057", "UTC", "a".repeat(64)],
];

function sampleOf(schema: Schema, name = ""): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [variant] = schema.oneOf ?? schema.anyOf ?? [];
  if (variant) return sampleOf(variant, name);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((each) => sampleOf(each, name)));
  if (schema.type === "object" || schema.properties) return sampleObject(schema);
  if (schema.type === "array")
    return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () =>
      sampleOf(schema.items ?? {}),
    );
  if (schema.type === "integer" || schema.type === "number")
    return Math.max(1, schema.minimum ?? 1);
  if (schema.type === "boolean") return true;
  return sampleText(schema, name);
}

/** With everything that may be left out, too: cursors are. */
function sampleObject({ properties = {} }: Schema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, each]) => [name, sampleOf(each, name)]),
  );
}

function sampleText({ format, pattern, minLength = 0 }: Schema, name: string): string {
  if (format === "uuid") return "01890a5d-ac96-774b-bcce-b302099a8057";
  if (format === "email") return "unknown@example.com";
  if (format === "date-time") return "2026-06-01T12:00:00Z";
  const fits = (text: string) =>
    text.length >= minLength && (pattern === undefined || new RegExp(pattern).test(text));
  const keyset = SAMPLES.find((each) => each.includes("_0189")) ?? "";
  if (name === "cursor" && fits(keyset)) return keyset;
  return SAMPLES.find(fits) ?? "unknown".padEnd(minLength, "x");
}

type Procedure = { _def: { type: string; inputs: z.ZodType[] } };
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, Procedure>,
);
const ENDS_THE_SESSION = ["auth.signOut", "auth.signOutEverywhere", "auth.signUp", "auth.signIn"];
const walked = procedures
  .filter(([name, { _def }]) => _def.type !== "subscription" && !ENDS_THE_SESSION.includes(name))
  .map(([name, { _def }]) => [name, _def.type, _def.inputs[0]] as const);

test("the walk knows every procedure", () => {
  expect(walked.length).toBeGreaterThan(40);
});

test.each(walked)(
  "%s with ids and cursors that name nothing is no error of ours",
  async (name, type, input) => {
    const schema =
      input && (z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as Schema);
    const sample = schema === undefined ? undefined : sampleOf(schema);
    const before = server.log.length;
    const answer =
      type === "query" ? await admin.query(name, sample) : await admin.mutate(name, sample);
    expect({
      sample,
      answer: answer.error,
      log: server.log.slice(before).filter((line) => line.includes("unexpected")),
    }).toMatchObject({ log: [] });
    expect(answer.status).toBeLessThan(500);
    expect(answer.status === 200 || answer.problem !== null).toBe(true);
  },
);

test.each([
  [
    "admin.refund",
    {
      userId: randomUUID(),
      paymentReference: "pi_unknown",
      cents: 1,
      requestId: randomUUID(),
      reason: "a favour",
    },
    "user_not_found",
  ],
  ["admin.refund", null, "payment_not_found"],
])("%s of what is not there is a problem with its name", async (name, given, code) => {
  const me = await admin.query("auth.me");
  const input = given ?? {
    ...{ userId: String(me.data?.id), paymentReference: "pi_unknown", cents: 1 },
    ...{ requestId: randomUUID(), reason: "a favour" },
  };
  expect(await admin.mutate(name, input)).toMatchObject({ problem: { code } });
});

test("a made-up cursor of the invoices, and one of somebody else's, is bad input", async () => {
  for (const cursor of ["in_unknown", "in_1"]) {
    expect(await admin.query("billing.invoices", { cursor })).toMatchObject({
      ...{ status: 400, problem: { code: "invalid_input", issues: [{ field: "cursor" }] } },
    });
  }
});
