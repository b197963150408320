import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const BYTES = 32;

/** Signs the links of letters where no LINK_SECRET is set: made once and kept, for letters are older than a start. */
export function keptLinkSecret(dataDir: string): string {
  const file = path.join(dataDir, "link-secret");
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, randomBytes(BYTES).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return readFileSync(file, "utf8");
}
