import { invalid } from "../core/errors.ts";
import type { World } from "../core/world.ts";

type Json = Record<string, unknown>;

/** What Stripe leaves out of an object unless it is asked for, by `object.field`. */
export type Inclusions = Record<string, (world: World, id: string) => unknown>;

const MAX_DEPTH = 4;

/** Answers `expand[]=latest_invoice.payments`: ids become the objects they stand for. */
export function expand(
  world: World,
  inclusions: Inclusions,
  answer: object,
  paths: readonly string[],
): object {
  const root = structuredClone(answer) as Json;
  for (const path of paths) {
    const parts = path.split(".");
    const depth = parts.filter((part) => part !== "data").length;
    if (depth > MAX_DEPTH) {
      throw invalid(`You cannot expand more than ${MAX_DEPTH} levels of a property.`, {
        param: "expand",
      });
    }
    follow({ world, inclusions, path }, root, parts);
  }
  return root;
}

type Expansion = { world: World; inclusions: Inclusions; path: string };

function follow(expansion: Expansion, node: Json, parts: string[]): void {
  const [name, ...rest] = parts;
  if (name === undefined) return;
  const value = expandedValue(expansion, node, name, rest.length > 0);
  node[name] = value;
  const inner = Array.isArray(value) ? value : [value];
  for (const each of inner) {
    if (typeof each === "object" && each !== null) follow(expansion, each as Json, rest);
  }
}

function expandedValue(expansion: Expansion, node: Json, name: string, goesOn: boolean): unknown {
  const { world, inclusions, path } = expansion;
  const include = inclusions[`${String(node.object)}.${name}`];
  if (include && (node[name] === undefined || node[name] === null)) {
    return structuredClone(include(world, String(node.id)));
  }
  const value = node[name];
  if (value === null) return null;
  if (typeof value === "string") {
    const found = name === "id" ? undefined : world.store.find(value);
    if (found) return structuredClone(found);
    throw cannotExpand(path);
  }
  if (Array.isArray(value)) return value.map((each) => expandEntry(world, each));
  if (typeof value === "object" && (goesOn || include)) return value;
  // Already the object: expanding the same property twice is no mistake.
  if (typeof value === "object" && "id" in value) return value;
  throw cannotExpand(path);
}

function expandEntry(world: World, entry: unknown): unknown {
  const found = typeof entry === "string" ? world.store.find(entry) : undefined;
  return found ? structuredClone(found) : entry;
}

const cannotExpand = (path: string) =>
  invalid(
    `This property cannot be expanded (${path}). You may want to try expanding a different property, or removing it from the expand list.`,
    { param: "expand" },
  );
