import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const TRIGGER_TIMEOUT_MS = 30_000;

/** The CLI's binary: one that STRIPE_CLI names, or the one of its package for this platform. */
function binary(): string {
  if (process.env.STRIPE_CLI) return process.env.STRIPE_CLI;
  const cli = createRequire(createRequire(import.meta.url).resolve("@stripe/cli/package.json"));
  const platforms = cli("./platforms.json") as Record<string, { pkg: string; bin: string }>;
  const name = `${process.platform}-${process.arch}`;
  const platform = platforms[name];
  if (!platform) throw new Error(`@stripe/cli has no binary for ${name}; name one in STRIPE_CLI.`);
  try {
    const manifest = cli.resolve(`${platform.pkg}/package.json`);
    return path.join(path.dirname(manifest), "bin", platform.bin);
  } catch (cause) {
    throw new Error(`${platform.pkg} is not installed; name a Stripe CLI in STRIPE_CLI.`, {
      cause,
    });
  }
}

/** Stripe's own CLI with Stripe's own fixtures: a client that nobody here wrote. */
export function openStripeCli() {
  const home = mkdtempSync(path.join(tmpdir(), "tintype-stripe-cli-"));
  // The closed proxy keeps the CLI from asking the internet for newer versions of itself.
  const env = { HOME: home, HTTPS_PROXY: "http://127.0.0.1:9", STRIPE_CLI_TELEMETRY_OPTOUT: "1" };
  return {
    /**
     * `stripe trigger EVENT`. @param more further flags, for instance `--add customer:name=Ada`
     * @returns what it printed. @throws when a step of it failed
     */
    trigger: async (
      { url, secretKey }: { url: string; secretKey: string },
      event: string,
      more: readonly string[] = [],
    ): Promise<string> => {
      const args = ["trigger", event, "--api-base", url, "--api-key", secretKey, ...more];
      const { stdout } = await promisify(execFile)(binary(), args, {
        ...{ env, timeout: TRIGGER_TIMEOUT_MS },
      });
      return stdout;
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
