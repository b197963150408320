import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "@tintype/local-cloud/ports";
import lighthouse, { desktopConfig } from "lighthouse";
import { rootDir } from "../src/stack/web-build.ts";
import { startStack } from "../src/stack.ts";
import { launchBrowser } from "./browser.ts";

// Measures the first load of the production build on every visitor page and the studio: `npm run lighthouse`, or
// `-- /pricing` for some pages. The reports are left in .cache/lighthouse. It wants a quiet machine: a slow phone is
// played by slowing this processor down, so whatever else runs counts against the page.
const VISITOR_PAGES = ["/", "/pricing", "/sign-in", "/sign-up", "/forgot-password"];
const MEMBER_PAGES = ["/studio"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
const GOAL = 95;
const demo = { email: "demo@tintype.local", password: "demo-demo-demo" };

const asked = process.argv.slice(2).filter((argument) => argument.startsWith("/"));
const reports = path.join(rootDir, ".cache/lighthouse");

/** @returns the `Cookie` of a member */
async function signIn(app: string): Promise<string> {
  const answer = await fetch(`${app}/trpc/auth.signIn`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: app },
    body: JSON.stringify(demo),
  });
  if (!answer.ok) throw new Error(`signing in failed: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

type Measured = { device: "phone" | "desktop"; page: string; scores: number[]; times: string[] };

async function measure(
  app: string,
  port: number,
  { device, page, cookie }: { device: Measured["device"]; page: string; cookie: string | null },
): Promise<Measured> {
  const flags = {
    port,
    output: "html" as const,
    logLevel: "error" as const,
    onlyCategories: [...CATEGORIES],
    ...(cookie !== null && { extraHeaders: { Cookie: cookie } }),
  };
  const config = device === "desktop" ? desktopConfig : undefined;
  const result = await lighthouse(app + page, flags, config);
  if (!result || result.lhr.runtimeError) {
    throw new Error(`${page} could not be measured: ${result?.lhr.runtimeError?.message}`);
  }
  const { categories, audits } = result.lhr;
  const name = `${page.replaceAll("/", "_").slice(1) || "landing"}-${device}.html`;
  await writeFile(path.join(reports, name), String(result.report));
  const times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"];
  return {
    device,
    page,
    scores: CATEGORIES.map((id) => Math.round((categories[id]?.score ?? 0) * 100)),
    times: [...times, "cumulative-layout-shift"].map((id) => audits[id]?.displayValue ?? "?"),
  };
}

await mkdir(reports, { recursive: true });
const dataDir = await mkdtemp(path.join(tmpdir(), "tintype-lighthouse-"));
const { PATH, HOME } = process.env;
const env = { PATH, HOME, DEMO_ACCOUNTS: "true", SANDBOX_PAYMENTS: "true" };
const stack = await startStack({ mode: "production", dataDir, ports: "free", fast: true, env });
const port = await freePort();
const browser = await launchBrowser([`--remote-debugging-port=${port}`]);
const measured: Measured[] = [];
try {
  const session = await signIn(stack.urls.app);
  const pages = [...VISITOR_PAGES, ...MEMBER_PAGES].filter(
    (page) => asked.length === 0 || asked.includes(page),
  );
  for (const page of pages) {
    const cookie = MEMBER_PAGES.includes(page) ? session : null;
    for (const device of ["phone", "desktop"] as const) {
      console.log(`${page} on a ${device}`);
      measured.push(await measure(stack.urls.app, port, { device, page, cookie }));
    }
  }
} finally {
  await browser.close();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

console.table(
  measured.map(({ device, page, scores, times }) => ({
    page,
    device,
    ...Object.fromEntries(CATEGORIES.map((name, index) => [name, scores[index]])),
    ...Object.fromEntries(["FCP", "LCP", "TBT", "CLS"].map((name, index) => [name, times[index]])),
  })),
);
const low = measured.filter(({ scores }) => scores.some((score) => score < GOAL));
if (low.length > 0) console.log(`${low.length} of ${measured.length} are below ${GOAL}.`);
process.exit(low.length > 0 ? 1 : 0);
