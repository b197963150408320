import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { build, type Manifest } from "vite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const visitorBytes = 180_000;
/** With what members' pages share beyond those of visitors: live updates, uploads, the notice of an outage. */
const memberBytes = 182_000;
const web = path.resolve(import.meta.dirname, "..");
let dist: string;
let manifest: Manifest;

beforeAll(async () => {
  // Under a test runner React would be built with its development warnings, which nobody is sent.
  vi.stubEnv("NODE_ENV", "production");
  dist = await mkdtemp(path.join(tmpdir(), "tintype-first-load-"));
  await build({
    root: web,
    configFile: path.join(web, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: dist, emptyOutDir: true },
  });
  manifest = JSON.parse(await readFile(path.join(dist, ".vite/manifest.json"), "utf8"));
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(dist, { recursive: true, force: true });
});

/** A chunk and everything it imports before it can run. */
function withStaticImports(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the manifest`);
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const imported of chunk.imports ?? []) withStaticImports(imported, seen);
  return seen;
}

const sourceOf = (key: string) => readFile(path.join(dist, manifest[key]?.file ?? ""));

async function gzippedBytes(...roots: string[]): Promise<number> {
  const keys = roots.reduce((seen, root) => withStaticImports(root, seen), new Set<string>());
  const sizes = await Promise.all(
    [...keys].map(async (key) => gzipSync(await sourceOf(key)).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const visitor = ["index.html", "src/routes/visitor-layout.tsx", "src/locales/en-visitor.json"];
const member = ["index.html", "src/routes/member-layout.tsx"];
const firstLoads: [string, string[], number][] = [
  ["landing", [...visitor, "src/routes/landing-page.tsx"], visitorBytes],
  ["sign-in", [...visitor, "src/routes/sign-in-page.tsx"], visitorBytes],
  ["studio", [...member, "src/routes/studio-page.tsx"], memberBytes],
  ["library", [...member, "src/routes/library-page.tsx"], memberBytes],
  ["wallet", [...member, "src/routes/wallet-page.tsx", "src/locales/en-wallet.json"], memberBytes],
];

test.each(firstLoads)(
  "the first load of %s fits into its budget of gzipped JavaScript",
  async (_, roots, budgetBytes) => {
    expect(await gzippedBytes(...roots)).toBeLessThanOrEqual(budgetBytes);
  },
);

test("every text of the build lies there compressed, so that nothing is compressed for each visitor", async () => {
  const names = (await readdir(dist, { recursive: true })).filter((name) =>
    /\.(js|css|html)$/.test(name),
  );
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) {
    const bytes = await readFile(path.join(dist, name));
    if (bytes.length < 1_024) continue;
    const brotli = await readFile(path.join(dist, `${name}.br`));
    expect(brotliDecompressSync(brotli).equals(bytes), name).toBe(true);
    expect(gunzipSync(await readFile(path.join(dist, `${name}.gz`))).equals(bytes), name).toBe(
      true,
    );
  }
});

test("Russian is a chunk of its own, which nobody loads who does not read it", () => {
  const entry = withStaticImports("index.html");
  expect(manifest["src/locales/ru.json"]?.isDynamicEntry).toBe(true);
  expect(entry).not.toContain("src/locales/ru.json");
});

test("the browser does not carry the schemas of the server", async () => {
  const sources = await Promise.all(
    Object.values(manifest)
      .filter(({ file }) => file.endsWith(".js"))
      .map(({ file }) => readFile(path.join(dist, file), "utf8")),
  );
  expect(
    sources.filter((source) => source.includes("_zod")).map((source) => source.slice(0, 80)),
  ).toEqual([]);
});
