import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createServer } from "vite";
import { expect, test } from "vitest";
import { rootDir, webDir } from "./web-build.ts";

test("Vite serves the sources of the workspace and nothing of .tintype", async () => {
  const cacheDir = mkdtempSync(path.join(rootDir, "node_modules/.vite-test-"));
  const folder = path.join(cacheDir, ".tintype");
  mkdirSync(folder);
  const secret = path.join(folder, "s3-secret");
  writeFileSync(secret, "a secret of the stack");
  const vite = await createServer({
    ...{ root: webDir, configFile: path.join(webDir, "vite.config.ts"), cacheDir },
    ...{ server: { port: 0, host: "127.0.0.1" }, optimizeDeps: { noDiscovery: true } },
    logLevel: "silent",
  });
  try {
    await vite.listen();
    const base = vite.resolvedUrls?.local[0] ?? "";
    for (const query of ["", "?raw", "?url", "?import&raw", "?raw??", "?inline"]) {
      const answer = await fetch(`${base}@fs${secret}${query}`);
      expect(await answer.text()).not.toContain("a secret of the stack");
      expect(answer.status).not.toBe(200);
    }
    const source = await fetch(`${base}@fs${path.join(rootDir, "packages/core/src/ids.ts")}`);
    expect(source.status).toBe(200);
    const foreign = await fetch(`${base}src/main.tsx`, {
      headers: { origin: "https://evil.example" },
    });
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
  } finally {
    await vite.close();
    rmSync(cacheDir, { recursive: true });
  }
});
