import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const BYTES = 32;

/** What a stack without the operator's own keys is opened with. Each is made at the first start and kept. */
export type SecretName =
  /** Signs the links of letters, which are older than a start. */
  "link-secret" | "s3-secret" | "stripe-secret" | "stripe-webhook-secret";

export function keptSecret(dataDir: string, name: SecretName): string {
  const file = path.join(dataDir, name);
  if (!existsSync(file)) {
    makePrivate(dataDir);
    // Hexadecimal where a client asks for letters and digits only; the first one is older than the others.
    const encoding = name === "link-secret" ? "base64url" : "hex";
    writeFileSync(file, randomBytes(BYTES).toString(encoding), { mode: 0o600, flag: "wx" });
  }
  return readFileSync(file, "utf8");
}

/** Makes the folder, and closes one that an earlier version has left open to everybody on the machine. */
export function makePrivate(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, 0o700);
}
