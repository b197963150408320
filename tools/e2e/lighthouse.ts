import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "@tintype/local-cloud/ports";
import lighthouse, { desktopConfig } from "lighthouse";
import { rootDir } from "../src/stack/web-build.ts";
import { startStack } from "../src/stack.ts";
import { launchBrowser } from "./browser.ts";

// Measures the first load of the production build on every visitor page and the studio: `npm run lighthouse`, or
// `-- /pricing` for some pages; `-- --runs 5` shows the middle one of five, which is what a busy machine needs: a slow
// phone is played by slowing this processor down, so whatever else runs counts against the page. The bytes do not depend
// on it. The last reports are left in .cache/lighthouse.
const VISITOR_PAGES = [
  ...["/", "/pricing", "/sign-in", "/sign-up"],
  ...["/invite/FRIEND", "/forgot-password", "/reset-password"],
];
const MEMBER_PAGES = ["/studio"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
const GOAL = 95;
const demo = { email: "demo@tintype.local", password: "demo-demo-demo" };

const given = process.argv.indexOf("--runs");
const runs = given < 0 ? 1 : Number(process.argv[given + 1]);
if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs wants how often: --runs 5");
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

type Device = "phone" | "desktop";
type Measured = {
  device: Device;
  page: string;
  scores: number[];
  /** Milliseconds, the shift as it is. */
  times: number[];
  /** Bytes of JavaScript and of all, as they were sent. */
  bytes: [number, number];
  /** What was the largest to be painted. */
  largest: string;
};

const TIMES = {
  FCP: "first-contentful-paint",
  LCP: "largest-contentful-paint",
  TBT: "total-blocking-time",
  CLS: "cumulative-layout-shift",
};

/** What of a report's audit we read; its type says nothing of it. */
type Requests = { items: { resourceType: string; transferSize: number }[] };

function bytesOf(details: unknown): [number, number] {
  const { items } = details as Requests;
  const sum = (of: Requests["items"]) =>
    of.reduce((all, { transferSize }) => all + transferSize, 0);
  return [sum(items.filter(({ resourceType }) => resourceType === "Script")), sum(items)];
}

function largestOf(details: unknown): string {
  const snippet = /"snippet":"<(\w+)/.exec(JSON.stringify(details ?? {}))?.[1];
  return snippet ?? "?";
}

async function measure(
  app: string,
  port: number,
  { device, page, cookie }: { device: Device; page: string; cookie: string | null },
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
  return {
    device,
    page,
    scores: CATEGORIES.map((id) => Math.round((categories[id]?.score ?? 0) * 100)),
    times: Object.values(TIMES).map((id) => audits[id]?.numericValue ?? Number.NaN),
    bytes: bytesOf(audits["network-requests"]?.details),
    largest: largestOf(audits["lcp-breakdown-insight"]?.details),
  };
}

/** The run in the middle by its performance. */
function middleOf(all: Measured[]): Measured {
  const middle = all.toSorted((a, b) => (a.scores[0] ?? 0) - (b.scores[0] ?? 0))[all.length >> 1];
  if (!middle) throw new Error("nothing was measured");
  return middle;
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
      const all: Measured[] = [];
      while (all.length < runs) {
        all.push(await measure(stack.urls.app, port, { device, page, cookie }));
      }
      measured.push(middleOf(all));
    }
  }
} finally {
  await browser.close();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1_000)} kB`;
console.table(
  measured.map(({ device, page, scores, times, bytes, largest }) => ({
    page,
    device,
    ...Object.fromEntries(CATEGORIES.map((name, index) => [name, scores[index]])),
    ...Object.fromEntries(
      Object.keys(TIMES).map((name, index) => {
        const time = times[index] ?? Number.NaN;
        return [name, name === "CLS" ? time.toFixed(3) : `${Math.round(time)} ms`];
      }),
    ),
    largest,
    JavaScript: kilobytes(bytes[0]),
    all: kilobytes(bytes[1]),
  })),
);
const low = measured.filter(({ scores }) => scores.some((score) => score < GOAL));
if (low.length > 0) console.log(`${low.length} of ${measured.length} are below ${GOAL}.`);
process.exit(low.length > 0 ? 1 : 0);
