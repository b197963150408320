import type { Params } from "../core/params.ts";
import type { World } from "../core/world.ts";

/** One API call: its parameters, and the parts of its path that stand for ids. */
export type Call = {
  world: World;
  params: Params;
  id: (name?: string) => string;
};

export type Handler = (call: Call) => object;

export type Routes = Record<`${"GET" | "POST" | "DELETE"} /v1/${string}`, Handler>;

type Entry = { method: string; parts: string[]; handler: Handler };

/** `/v1/customers/:id` matches any id; of two that match, the one with fewer names wins. */
export function routerOf(routes: Routes) {
  const entries: Entry[] = Object.entries(routes).map(([name, handler]) => {
    const [method = "", path = ""] = name.split(" ");
    return { method, parts: path.split("/"), handler };
  });
  entries.sort((left, right) => namesIn(left) - namesIn(right));
  return (method: string, path: string) => {
    const parts = path.split("/");
    const entry = entries.find((each) => each.method === method && matches(each.parts, parts));
    if (!entry) return undefined;
    const ids = new Map<string, string>();
    entry.parts.forEach((name, index) => {
      if (name.startsWith(":")) ids.set(name.slice(1), decodeURIComponent(parts[index] ?? ""));
    });
    return { handler: entry.handler, id: (name = "id") => ids.get(name) ?? "" };
  };
}

const namesIn = ({ parts }: Entry) => parts.filter((part) => part.startsWith(":")).length;

const matches = (pattern: string[], parts: string[]) =>
  pattern.length === parts.length &&
  pattern.every((part, index) => part === parts[index] || (part.startsWith(":") && parts[index]));
