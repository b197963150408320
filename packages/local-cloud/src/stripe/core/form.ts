import { invalid } from "./errors.ts";

/** What a form-encoded body says: texts, and texts under names. Lists are names 0, 1, 2, … */
export type FormNode = string | FormTree;
export type FormTree = { [name: string]: FormNode };

const MAX_DEPTH = 20;

/** Reads `a[b][0][c]=d` as Stripe's SDKs write it. A name without a number, `a[]=x`, counts up. */
export function parseForm(text: string): FormTree {
  const root = emptyTree();
  for (const [name, value] of new URLSearchParams(text)) {
    const path = pathOf(name);
    if (path.length > MAX_DEPTH) throw invalid(`Invalid parameter name: ${name}`);
    put(root, path, value, name);
  }
  return root;
}

/** Without a prototype, so that a parameter called `__proto__` is only a name. */
const emptyTree = (): FormTree => Object.create(null) as FormTree;

function pathOf(name: string): string[] {
  const open = name.indexOf("[");
  if (open < 0) return [name];
  const inner = name.slice(open + 1).replace(/\]$/, "");
  return [name.slice(0, open), ...inner.split("][")];
}

function put(root: FormTree, path: string[], value: string, name: string): void {
  let tree = root;
  for (const [depth, part] of path.entries()) {
    const key = part === "" ? String(Object.keys(tree).length) : part;
    if (depth === path.length - 1) {
      tree[key] = value;
      return;
    }
    tree[key] ??= emptyTree();
    const next = tree[key];
    if (typeof next === "string") throw invalid(`Invalid hash: ${name}`, { param: name });
    tree = next;
  }
}
