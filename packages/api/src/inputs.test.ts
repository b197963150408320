import { inputText } from "@tintype/core/text";
import { expect, test } from "vitest";
import { z } from "zod";
import { appRouter } from "./router.ts";
import { findingsIn } from "./testing/input-findings.ts";

type Procedure = { _def: { inputs: z.core.$ZodTypes[] } };
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, Procedure>,
);

test.each(procedures)("%s takes no text but that which our stores can hold", (_, procedure) => {
  expect(procedure._def.inputs.flatMap((input) => findingsIn(input))).toEqual([]);
});

test("the inputs of the procedures are looked at", () => {
  const inputs = procedures.filter(([, { _def }]) => _def.inputs.length > 0);
  expect(inputs.length).toBeGreaterThan(25);
});

const bare = z.string().trim().min(1).max(10);
test.each<[string, z.ZodType]>([
  ["a field", z.object({ bare })],
  ["an optional field", z.object({ bare: z.optional(bare.nullable()) })],
  ["an array", z.array(bare)],
  ["a key of a record", z.record(bare, z.int())],
  ["a value of a record", z.record(z.enum(["a"]), bare)],
  ["a union", z.union([z.int(), bare])],
  ["one side of a choice", z.discriminatedUnion("k", [z.object({ k: z.literal(1), bare })])],
  ["a pipe", bare.pipe(z.email())],
  ["what is transformed", bare.transform(Number)],
  ["what comes out of code", z.preprocess((raw) => raw, bare)],
  ["a default", bare.default("x")],
  ["a lazy schema", z.lazy(() => bare)],
  ["a tuple", z.tuple([z.int()], bare)],
  ["an intersection", z.intersection(z.object({}), z.object({ bare }))],
  ["an address without an end", z.url()],
  ["fields that nobody named", z.looseObject({})],
  ["anything", z.any()],
  ["text without an end", z.string().regex(/^[a-z]+$/)],
])("a bare string is found in %s", (_, schema) => {
  expect(findingsIn(schema as unknown as z.core.$ZodTypes).length).toBe(1);
});

test("text of ours and ids are fine", () => {
  const schema = z.object({
    id: z.uuid(),
    at: z.iso.datetime(),
    kind: z.enum(["a", "b"]),
    name: inputText({ max: 5 }).refine(Boolean).optional(),
    email: inputText({ max: 254 }).pipe(z.email()),
  });
  expect(findingsIn(schema as unknown as z.core.$ZodTypes)).toEqual([]);
});
