import { randomUUID } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { StartedCheckout } from "@tintype/core/billing-inputs";
import type { GenerationSettings } from "@tintype/core/generation";
import { hasEnded, type JobView } from "@tintype/core/jobs";
import type { Browser, Page } from "playwright-core";
import { rootDir } from "../src/stack/web-build.ts";
import { startStack } from "../src/stack.ts";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { eventually } from "./stack-tools.ts";

// Photographs every page of the real product: `npx pnpm@12.21.0 screenshots FOLDER` puts all pictures there;
// without a folder the few that the README shows go to docs/screenshots.
const [, , wanted] = process.argv;
const folder = wanted ? path.resolve(wanted) : await mkdtemp(path.join(tmpdir(), "tintype-shots-"));
/** The README's name of a picture, and where it comes from. */
const curated = {
  landing: "landing",
  studio: "studio",
  result: "result",
  library: "library",
  wallet: "wallet",
  receipt: "receipt",
  pricing: "pricing",
  billing: "billing",
  phone: "result-phone",
  dark: "studio-dark",
};
const demo = { email: "demo@tintype.local", password: "demo-demo-demo" };

const shots: Partial<GenerationSettings>[] = [
  { kind: "image", scene: "outdoor_bokeh", qualityTier: "hd", prompt: "Warm morning light" },
  { kind: "image", scene: "wood_table", aspectRatio: "4:5" },
  { kind: "image", scene: "pastel", prompt: "Mint green" },
  { kind: "image", scene: "dark", prompt: "Dramatic, glossy" },
  { kind: "video", scene: "marble", durationSeconds: 3, aspectRatio: "16:9" },
  { kind: "image", scene: "podium", prompt: "A peach podium, soft light from the left" },
  { kind: "image", scene: "marble", qualityTier: "hd", prompt: "Marble, cool daylight" },
];

async function makeContent(client: ApiClient): Promise<void> {
  const photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
  const asset = await client.upload(photo, "image/png", "espresso.png");
  for (const settings of shots) {
    const { id } = await client.generate(asset.id, settings);
    await eventually("a job ends", 120_000, async () => {
      const job = await client.query<JobView>("jobs.get", { jobId: id });
      return hasEnded(job.status) ? job : undefined;
    });
  }
}

/** A plan and a pack, so that the pages about money have something to show. */
async function buy(client: ApiClient, stripe: string): Promise<void> {
  const press = async (control: string, body: object) => {
    const answer = await fetch(`${stripe}/_emulator/${control}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${control}: ${await answer.text()}`);
  };
  for (const [kind, code] of [
    ["pack", "bundle_30m"],
    ["plan", "pro"],
  ]) {
    const order = { kind, code, returnTo: "/studio", requestId: randomUUID() };
    const { sessionId } = await client.mutate<StartedCheckout>("billing.startCheckout", order);
    await press("pay-checkout", { session: sessionId, number: "4242424242424242" });
    await press("delivered", { timeoutMs: 20_000 });
  }
  const limits = { spendScope: "all_and_overage", overageLimitCents: 2_000 };
  await client.mutate("billing.updatePreferences", limits);
}

const jpeg = { type: "jpeg", quality: 88 } as const;

type Look = {
  name: string;
  width: number;
  height: number;
  scheme: "light" | "dark";
  locale?: string;
};

async function open(browser: Browser, app: string, look: Look, member: boolean): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    deviceScaleFactor: look.width < 500 ? 2 : 1,
    colorScheme: look.scheme,
    locale: look.locale ?? "en-US",
    reducedMotion: "reduce",
    baseURL: app,
  });
  const page = await context.newPage();
  if (!member) return page;
  await page.goto("/sign-in");
  await page.locator('input[name="email"]').fill(demo.email);
  await page.locator('input[name="password"]').fill(demo.password);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL("**/studio");
  return page;
}

async function shoot(page: Page, address: string, name: string, full = false): Promise<void> {
  await page.goto(address);
  await page.locator("h1").first().waitFor();
  await page.waitForLoadState("networkidle", { timeout: 4_000 }).catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
  // What is lazily loaded below the fold would else be missing from a picture of the whole page.
  await page.waitForTimeout(700);
  await page.screenshot({ path: path.join(folder, `${name}.jpg`), fullPage: full, ...jpeg });
  console.log(`${name}.jpg`);
}

async function photographVisitorPages(browser: Browser, app: string, look: Look): Promise<void> {
  const visitor = await open(browser, app, look, false);
  await shoot(visitor, "/", `landing${look.name}`, true);
  await shoot(visitor, "/sign-up", `sign-up${look.name}`);
  await shoot(visitor, "/pricing", `pricing-visitor${look.name}`, look.width < 500);
  await visitor.context().close();
}

async function photographMemberPages(browser: Browser, app: string, look: Look): Promise<void> {
  const page = await open(browser, app, look, true);
  const reuse = page.locator('[data-testid="job-card"] button').filter({ hasText: /Reuse|Те же/ });
  await reuse.first().click({ timeout: 10_000 });
  await shoot(page, "/studio", `studio${look.name}`, look.width < 500);
  const card = page.locator('[data-testid="job-card"]').first();
  await card.scrollIntoViewIfNeeded();
  await card.locator('input[type="range"]').first().fill("42");
  await page.waitForTimeout(300);
  await page.screenshot({ path: path.join(folder, `result${look.name}.jpg`), ...jpeg });
  await shoot(page, "/library", `library${look.name}`);
  await page
    .getByLabel(/^(Open|Открыть) /)
    .first()
    .click();
  await page.waitForTimeout(900);
  await page.screenshot({ path: path.join(folder, `detail${look.name}.jpg`), ...jpeg });
  await shoot(page, "/wallet", `wallet${look.name}`, look.width < 500);
  await page.locator('#history a[href^="/wallet/receipts/"]').first().click();
  await page.waitForTimeout(900);
  await page.screenshot({ path: path.join(folder, `receipt${look.name}.jpg`), ...jpeg });
  await shoot(page, "/pricing", `pricing${look.name}`, look.width < 500);
  await shoot(page, "/billing", `billing${look.name}`, look.width < 500);
  await shoot(page, "/rewards", `rewards${look.name}`);
  await shoot(page, "/settings", `settings${look.name}`);
  await page.context().close();
}

const looks: Look[] = [
  { name: "", width: 1280, height: 900, scheme: "light" },
  { name: "-dark", width: 1280, height: 900, scheme: "dark" },
  { name: "-phone", width: 390, height: 844, scheme: "light" },
  { name: "-phone-dark-russian", width: 390, height: 844, scheme: "dark", locale: "ru-RU" },
];

await mkdir(folder, { recursive: true });
const dataDir = await mkdtemp(path.join(tmpdir(), "tintype-shots-"));
const { PATH, HOME } = process.env;
const shop = { DEMO_ACCOUNTS: "true", SANDBOX_PAYMENTS: "true", JOBS_PER_HOUR: "100" };
const env = { PATH, HOME, ...shop };
const stack = await startStack({ mode: "production", dataDir, ports: "free", fast: true, env });
const browser = await launchBrowser();
try {
  const client = await new ApiClient(stack.urls.app).signIn(demo);
  await makeContent(client);
  await buy(client, stack.env.STRIPE_API_BASE ?? "");
  for (const look of looks) {
    // A member's language is the account's, not the browser's.
    await client.mutate("auth.updatePreferences", { locale: look.locale ? "ru" : "en" });
    await photographVisitorPages(browser, stack.urls.app, look);
    await photographMemberPages(browser, stack.urls.app, look);
  }
} finally {
  await browser.close();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}
if (!wanted) {
  const target = path.join(rootDir, "docs/screenshots");
  await mkdir(target, { recursive: true });
  for (const [name, source] of Object.entries(curated)) {
    await copyFile(path.join(folder, `${source}.jpg`), path.join(target, `${name}.jpg`));
  }
  await rm(folder, { recursive: true });
}
process.exit();
