import path from "node:path";
import { findImports, type Import, type SourceFile } from "./imports.ts";
import { architecture, testImports, webLayers } from "./table.ts";

const SCOPE = "@tintype/";

/** Who imports whom, file by file: the manifests cannot see types, layers and borders. */
export function checkImports(files: SourceFile[]): string[] {
  return files.flatMap((file) => {
    const owner = ownerOf(file.path);
    if (!owner) return [];
    return findImports(file.text).flatMap((found) => {
      const problem = found.specifier.startsWith(".")
        ? relativeProblem(file.path, owner, found)
        : packageProblem(file.path, owner, found);
      return problem ? [`${file.path}:${found.line} ${problem}`] : [];
    });
  });
}

type Owner = { name: string; dir: string };

/** packages/core/src/x.ts belongs to core, apps/web/src/x.tsx to web, tools/… to tools. */
function ownerOf(file: string): Owner | undefined {
  const [top = "", name = ""] = file.split("/");
  if (top === "tools") return { name: top, dir: top };
  if (top === "packages" || top === "apps") return { name, dir: `${top}/${name}` };
  return undefined;
}

const isForTests = (file: string) =>
  /\.test\.tsx?$|(^|\/)testing(\/|\.ts$)|\/(e2e|conformance)\//.test(file);

const isOf = (specifier: string, packages: string[]): boolean =>
  packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));

function packageProblem(file: string, { name }: Owner, found: Import): string | undefined {
  const { specifier, isTypeOnly } = found;
  const rule = architecture[name];
  if (!rule) return `belongs to "${name}", which is not in the architecture table`;
  if (!specifier.startsWith(SCOPE)) {
    const isImpure = name === "core" && !isForTests(file) && !isOf(specifier, rule.outside ?? []);
    return isImpure ? `core is pure: it may not import ${specifier}` : undefined;
  }
  const target = specifier.slice(SCOPE.length).split("/")[0] ?? "";
  if (target === name) return `imports its own package by name: ${specifier}`;
  if (isForTests(file) && testImports.includes(target) && name !== "core") return undefined;
  if (!rule.imports.includes(target)) return `${name} may not import ${specifier}`;
  if (rule.typesOnly?.includes(target) && !isTypeOnly) {
    return `${name} may only \`import type\` from ${specifier}`;
  }
  return rule.forbidden?.test(specifier) ? `${name} may not import ${specifier}` : undefined;
}

function relativeProblem(file: string, owner: Owner, found: Import): string | undefined {
  const target = path.posix.join(path.posix.dirname(file), found.specifier);
  if (!target.startsWith(`${owner.dir}/`)) {
    return `leaves its package through ${found.specifier}: import it by its name`;
  }
  return owner.name === "web" ? webProblem(file, target) : undefined;
}

function webProblem(file: string, target: string): string | undefined {
  const [layer, feature] = placeInWeb(file);
  const [targetLayer, targetFeature] = placeInWeb(target);
  const rank = webLayers.indexOf(layer);
  // main.tsx and app.tsx stand above the layers; locales and styles are data below them.
  if (rank < 0 || isForTests(file)) return undefined;
  if (webLayers.indexOf(targetLayer) > rank) return `${layer} may not import from ${targetLayer}`;
  if (layer === "features" && targetLayer === "features" && feature !== targetFeature) {
    return `the feature ${feature} may not import the feature ${targetFeature}`;
  }
  return undefined;
}

/** Layer, and the folder or file in it. */
function placeInWeb(file: string): [layer: string, name: string] {
  const [layer = "", name = ""] = file.replace("apps/web/src/", "").split("/");
  return [layer, name];
}
