import { architecture } from "./table.ts";

export type Manifest = {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};

const SCOPE = "@tintype/";

/** Holds the dependencies of the package.json files to the table: it is what pnpm links. */
export function checkManifests(manifests: Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const name = manifest.name.replace(SCOPE, "");
    const rule = architecture[name];
    if (!rule) return [`${manifest.name} is not in the architecture table`];

    const violations: string[] = [];
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const ours = dependency.startsWith(SCOPE) ? dependency.slice(SCOPE.length) : undefined;
      const isAllowed = ours
        ? rule.imports.includes(ours)
        : (rule.outside?.includes(dependency) ?? true);
      if (!isAllowed) violations.push(`${manifest.name} may not depend on ${dependency}`);
    }
    if (name === "core" && Object.keys(manifest.devDependencies ?? {}).some(isOurs)) {
      violations.push("@tintype/core is tested by itself, without packages of ours");
    }
    return violations;
  });
}

const isOurs = (dependency: string) => dependency.startsWith(SCOPE);
