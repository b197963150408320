import path from "node:path";
import { isNode, type Node, parseFile, shippedFiles, textOf, walk } from "./syntax.ts";

/** Code that comes later, and the parts of the texts that `withTexts` brings with it. */
type LazyImport = { file: string; parts: string[] };

export type SourceModule = {
  /** What it cannot run without. */
  imports: string[];
  lazy: LazyImport[];
};

const nodesIn = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

const calls = (node: Node, name: string): boolean =>
  node.type === "CallExpression" && isNode(node.callee) && node.callee.name === name;

/** The first argument of `withTexts`: one part or a list of them. */
function partsOf(call: Node): string[] {
  const [first] = nodesIn(call.arguments);
  const texts = first?.type === "ArrayExpression" ? nodesIn(first.elements) : [first];
  return texts.map(textOf).filter((part) => part !== null);
}

const resolveFrom = (file: string, target: unknown): string | null => {
  const text = textOf(target);
  return text !== null && /^\..*\.tsx?$/.test(text) ? path.resolve(path.dirname(file), text) : null;
};

export function lazyImportsIn(node: Node, file: string, parts: string[] = []): LazyImport[] {
  const inner = calls(node, "withTexts") ? [...parts, ...partsOf(node)] : parts;
  const target = node.type === "ImportExpression" ? resolveFrom(file, node.source) : null;
  const below = Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
    .flatMap((child) => lazyImportsIn(child, file, inner));
  return target === null ? below : [{ file: target, parts: inner }, ...below];
}

const isOnlyType = (node: Node) => node.importKind === "type" || node.exportKind === "type";

function readModule(file: string): SourceModule {
  const program = parseFile(file);
  const imports = nodesIn(program.body)
    .filter((node) => !isOnlyType(node))
    .map((node) => resolveFrom(file, node.source))
    .filter((target) => target !== null);
  return { imports, lazy: lazyImportsIn(program, file) };
}

/** How the files of the SPA load each other, by their paths. */
export const readModules = (root: string): Map<string, SourceModule> =>
  new Map(shippedFiles(root).map((file) => [file, readModule(file)]));

export type SourceRoute = { name: string; parent: string | null; component: LazyImport | null };

/** The routes that a file declares as `const name = createRoute({ getParentRoute, component })`. */
export function readRoutes(file: string): SourceRoute[] {
  const routes: SourceRoute[] = [];
  for (const node of walk(parseFile(file))) {
    if (node.type !== "VariableDeclarator" || !isNode(node.id) || !isNode(node.init)) continue;
    if (!calls(node.init, "createRoute")) continue;
    const [options] = nodesIn(node.init.arguments);
    const parent = nodesIn(options?.properties).find(
      ({ key }) => isNode(key) && key.name === "getParentRoute",
    )?.value;
    const parentId = isNode(parent) && isNode(parent.body) ? String(parent.body.name) : null;
    const component = lazyImportsIn(node.init, file)[0] ?? null;
    routes.push({ name: String(node.id.name), parent: parentId, component });
  }
  return routes;
}
