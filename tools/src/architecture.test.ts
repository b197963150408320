import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkImports } from "./architecture/check-imports.ts";
import { checkManifests } from "./architecture/check-manifests.ts";
import { checkSizes } from "./architecture/check-sizes.ts";
import { findImports } from "./architecture/imports.ts";
import { readRepository } from "./architecture/read-repository.ts";
import { architecture } from "./architecture/table.ts";

describe("the repository", () => {
  const { files, manifests } = readRepository(path.resolve(import.meta.dirname, "../.."));

  test("has every package of the table", () => {
    const names = manifests.map(({ name }) => name.replace("@tintype/", ""));
    expect(names.sort()).toEqual(Object.keys(architecture).sort());
  });

  test("depends only on what the table allows", () => {
    expect(checkManifests(manifests)).toEqual([]);
  });

  test("imports only what the table allows", () => {
    expect(checkImports(files)).toEqual([]);
  });

  test("has no file over 250 lines", () => {
    expect(checkSizes(files)).toEqual([]);
  });
});

describe("a planted violation is found", () => {
  const inFile = (file: string, text: string) => checkImports([{ path: file, text }]);

  test.each([
    ["core reads a file", "packages/core/src/a.ts", 'import { readFile } from "node:fs";'],
    ["core uses a library", "packages/core/src/a.ts", 'import _ from "lodash";'],
    ["db reaches up", "packages/db/src/a.ts", 'import { x } from "@tintype/services/x";'],
    [
      "api goes past the services",
      "packages/api/src/a.ts",
      'import { jobs } from "@tintype/db/schema";',
    ],
    [
      "services run an integration",
      "packages/services/src/a.ts",
      'import { s3 } from "@tintype/integrations/s3";',
    ],
    [
      "an inline type still loads the module",
      "packages/services/src/a.ts",
      'import { type S3 } from "@tintype/integrations/s3";',
    ],
    [
      "the browser runs the API",
      "apps/web/src/lib/a.ts",
      'import { appRouter } from "@tintype/api/router";',
    ],
    [
      "the browser loads the API later",
      "apps/web/src/lib/a.ts",
      'const x = await import("@tintype/api/router");',
    ],
    [
      "production runs on local-cloud",
      "apps/server/src/a.ts",
      'import { startS3 } from "@tintype/local-cloud/s3";',
    ],
    ["an app reads tables", "apps/worker/src/a.ts", 'import { jobs } from "@tintype/db/schema";'],
    [
      "somebody imports an app",
      "packages/services/src/a.ts",
      'import { x } from "@tintype/server/main";',
    ],
    [
      "a path crosses the border",
      "packages/api/src/a.ts",
      'export * from "../../db/src/schema/index.ts";',
    ],
    ["lib knows a feature", "apps/web/src/lib/a.ts", 'import { x } from "../features/jobs/x.ts";'],
    [
      "a component knows a route",
      "apps/web/src/components/a.tsx",
      'import { x } from "../routes/x.tsx";',
    ],
    [
      "a feature knows a feature",
      "apps/web/src/features/jobs/a.ts",
      'import { x } from "../credits/x.ts";',
    ],
    ["an import spans lines", "packages/db/src/a.ts", 'import {\n  x,\n} from "@tintype/api/x";'],
  ])("%s", (_what, file, text) => {
    expect(inFile(file, text)).toHaveLength(1);
  });

  test.each([
    [
      "types of an integration",
      "packages/services/src/a.ts",
      'import type { S3 } from "@tintype/integrations/s3";',
    ],
    [
      "types of the API",
      "apps/web/src/lib/a.ts",
      'import type { AppRouter } from "@tintype/api/router";',
    ],
    [
      "tests on real parts",
      "packages/services/src/a.test.ts",
      'import { s3 } from "@tintype/integrations/s3";',
    ],
    ["a feature within itself", "apps/web/src/features/jobs/a.ts", 'import { x } from "./b/x.ts";'],
    [
      "a route's features",
      "apps/web/src/routes/a.tsx",
      'import { x } from "../features/jobs/x.ts";',
    ],
    [
      "words that are no import",
      "packages/core/src/a.ts",
      'export const text = "from @tintype/db";',
    ],
  ])("and no false one: %s", (_what, file, text) => {
    expect(inFile(file, text)).toEqual([]);
  });

  test("in a package.json", () => {
    const found = checkManifests([
      { name: "@tintype/core", dependencies: { lodash: "1" } },
      { name: "@tintype/api", dependencies: { "@tintype/db": "workspace:*" } },
      { name: "@tintype/surprise" },
    ]);
    expect(found).toEqual([
      "@tintype/core may not depend on lodash",
      "@tintype/api may not depend on @tintype/db",
      "@tintype/surprise is not in the architecture table",
    ]);
  });

  test("in a long file, unless it is a test or a migration", () => {
    const text = "line\n".repeat(251);
    const paths = ["a.ts", "a.test.ts", "packages/db/migrations/0001_a.sql", "b.css"];
    expect(checkSizes(paths.map((name) => ({ path: name, text })))).toEqual([
      "a.ts has 251 lines; 250 is the limit",
      "b.css has 251 lines; 250 is the limit",
    ]);
  });

  test("on the right line", () => {
    const text = '// first\nimport type { A } from "a";\nexport { b } from "b";\nimport "c";\n';
    expect(findImports(text)).toEqual([
      { specifier: "a", isTypeOnly: true, line: 2 },
      { specifier: "b", isTypeOnly: false, line: 3 },
      { specifier: "c", isTypeOnly: false, line: 4 },
    ]);
  });
});
