import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { locales } from "@tintype/core/auth";
import { visitorPages } from "@tintype/core/visitor-pages";
import { build, type Manifest } from "vite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { chunksOfApp, chunksOfPage } from "../build/page-assets.ts";

const visitorBytes = 110_000;
/** With the router, the cache and the client of the API, which visitors do without. */
const memberBytes = 170_000;
/** Loaded beside a page that answers already. */
const estimatorBytes = 500_000;
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

async function gzippedBytes(keys: Iterable<string>): Promise<number> {
  const sizes = await Promise.all(
    [...keys].map(async (key) => gzipSync(await sourceOf(key)).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

test.each(visitorPages.flatMap((page) => locales.map((locale) => [page, locale] as const)))(
  "visitors' %s in %s fits into 110 kB of gzipped JavaScript",
  async (page, locale) => {
    expect(await gzippedBytes(chunksOfPage(manifest, page, locale))).toBeLessThanOrEqual(
      visitorBytes,
    );
  },
);

test("known passwords are a file of their own for a worker, asked for when somebody chooses one", async () => {
  const [lists, ...others] = (await readdir(path.join(dist, "assets"))).filter((name) =>
    /^strength-worker-.*\.js$/.test(name),
  );
  expect(others).toEqual([]);
  const source = await readFile(path.join(dist, "assets", lists ?? ""));
  expect(source.includes("iloveyou")).toBe(true);
  expect(gzipSync(source).length).toBeLessThanOrEqual(estimatorBytes);
  for (const locale of locales) {
    const chunks = [...chunksOfPage(manifest, "sign-up", locale)];
    const sources = await Promise.all(chunks.map(sourceOf));
    expect(sources.some((chunk) => chunk.includes("iloveyou"))).toBe(false);
    expect(sources.some((chunk) => chunk.includes("strength-worker"))).toBe(false);
  }
});

test("visitors are sent neither router nor cache nor client of the API", async () => {
  const chunks = [...chunksOfPage(manifest, "sign-in", "en")].map((key) => manifest[key]?.file);
  expect(chunks.filter((file) => file?.includes("/base-"))).toEqual([]);
  const base = Object.values(manifest).find(({ file }) => file.includes("/base-"));
  expect(base).toBeDefined();
});

const member = ["index.html", "src/routes/member-layout.tsx"];
const firstLoads: [string, string[]][] = [
  ["studio", [...member, "src/routes/studio-page.tsx"]],
  ["library", [...member, "src/routes/library-page.tsx"]],
  ["wallet", [...member, "src/routes/wallet-page.tsx", "src/locales/en-wallet.json"]],
];

test.each(firstLoads)(
  "the first load of members' %s fits into its budget of gzipped JavaScript",
  async (_, roots) => {
    const keys = roots.reduce((seen, root) => withStaticImports(root, seen), new Set<string>());
    expect(await gzippedBytes(keys)).toBeLessThanOrEqual(memberBytes);
  },
);

test("a page of visitors is readable without any code, in both languages and with its own title", async () => {
  const documentOf = (page: string, locale: string) =>
    readFile(path.join(dist, ".documents", locale, `${page}.html`), "utf8");
  const english = await documentOf("landing", "en");
  expect(english).toContain('<html lang="en"');
  expect(english).toMatch(/<h1[^>]*>One photo in\./);
  expect(english).toMatch(
    /<link rel="preload" as="image" type="image\/avif" imagesrcset="[^"]* 640w,/,
  );
  expect(english).not.toContain("{{");
  const russian = await documentOf("sign-in", "ru");
  expect(russian).toContain('<html lang="ru"');
  expect(russian).toContain("<title>С возвращением · Tintype</title>");
  expect(russian).toMatch(/as="font"[^>]*cyrillic/);
  // Nobody's password is ever part of an address.
  expect(russian).toMatch(/<form[^>]* method="post"/);
});

test("the studio's document outlines it in words, and has all that it will need asked for at once", async () => {
  const html = await readFile(path.join(dist, ".documents/ru/studio.html"), "utf8");
  expect(html).toMatch(/<div id="outline">.*<h1[^>]*>Что создадим\?<\/h1>/s);
  expect(html).not.toContain("{{");
  const needed = [...chunksOfApp(manifest, "studio", "ru")].map((key) => manifest[key]?.file);
  for (const file of needed) expect(html).toContain(`href="/${file}"`);
});

test("no style is loaded after a document of visitors: all of them stand in it", async () => {
  const html = await readFile(path.join(dist, ".documents/en/pricing.html"), "utf8");
  expect(html).not.toContain('rel="stylesheet"');
  const styles = [...chunksOfPage(manifest, "pricing", "en")].flatMap(
    (key) => manifest[key]?.css ?? [],
  );
  expect(styles.length).toBeGreaterThan(3);
  for (const file of styles) {
    expect(html).toContain((await readFile(path.join(dist, file), "utf8")).trim());
  }
});

test("every text of the build lies there compressed, so that nothing is compressed for each visitor", async () => {
  const names = (await readdir(dist, { recursive: true })).filter((name) =>
    /\.(js|css|html)$/.test(name),
  );
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) {
    const bytes = await readFile(path.join(dist, name));
    if (bytes.length < 1_024 || name === ".documents/render.js") continue;
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
