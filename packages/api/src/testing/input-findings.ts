import { isInputText } from "@tintype/core/text";
import type { z } from "zod";

type Schema = z.core.$ZodTypes;

/** Strings of an alphabet and a length of their own. */
const CLOSED_FORMATS = new Set(["uuid", "guid", "datetime", "date", "time"]);
/** What cannot carry text. */
const CLOSED_TYPES = new Set([
  ...["int", "number", "bigint", "boolean", "date", "enum", "literal", "null", "undefined", "void"],
]);

/** Every schema that one is made of, with its place as a path. */
function partsOf({ _zod: { def } }: Schema): [string, Schema][] {
  const inner = (name: string, ...schemas: unknown[]): [string, Schema][] =>
    schemas.map((schema) => [name, schema as Schema]);
  switch (def.type) {
    case "object":
      return [
        ...Object.entries(def.shape).map(([key, schema]): [string, Schema] => [
          `.${key}`,
          schema as Schema,
        ]),
        ...(def.catchall ? inner(".*", def.catchall) : []),
      ];
    case "array":
      return inner("[]", def.element);
    case "tuple":
      return inner("[]", ...def.items, ...(def.rest ? [def.rest] : []));
    case "record":
    case "map":
      return [...inner(".key", def.keyType), ...inner(".value", def.valueType)];
    case "set":
      return inner("[]", def.valueType);
    case "union":
      return inner("", ...def.options);
    case "intersection":
      return inner("", def.left, def.right);
    case "lazy":
      return inner("", def.getter());
    case "optional":
    case "nullable":
    case "nonoptional":
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
    case "success":
    case "promise":
      return inner("", def.innerType);
    default:
      return [];
  }
}

/** A pipe is entered on its left, unless that is code, whose result is checked on the right. */
function entryOf(schema: Schema): Schema {
  const { def } = schema._zod;
  if (def.type !== "pipe") return schema;
  const left = def.in as Schema;
  return entryOf(left._zod.def.type === "transform" ? (def.out as Schema) : left);
}

/**
 * What of an input schema lets text in that is none of `inputText` (or anything at all, such as `z.any()`).
 * @returns one line for each, with its place; empty when all is well
 */
export function findingsIn(schema: Schema, path = "input", seen = new Set<Schema>()): string[] {
  const entry = entryOf(schema);
  if (seen.has(entry)) return [];
  seen.add(entry);
  const { def } = entry._zod;
  if (def.type === "string") {
    const format = "format" in def ? String(def.format) : "none";
    const isFine = CLOSED_FORMATS.has(format) || isInputText(entry as z.core.$ZodString);
    return isFine ? [] : [`${path}: a string of no known kind`];
  }
  const parts = partsOf(entry);
  const isStrange = parts.length === 0 && !CLOSED_TYPES.has(def.type) && def.type !== "object";
  if (isStrange) return [`${path}: ${def.type} lets anything in`];
  return parts.flatMap(([name, part]) => findingsIn(part, path + name, new Set(seen)));
}
