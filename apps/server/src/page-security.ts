import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Lines of the build that stand in its documents (apps/web/build/inline-scripts.ts). */
const INLINE = ["color-scheme.js", "early-submit.js"];

/** @returns what a page may run though it stands in the page, as its policy names it */
export const inlineScriptHashes = (directory: string): string[] =>
  INLINE.map((name) => readFileSync(path.join(directory, name))).map(
    (script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );

/**
 * What a page of ours may load: itself, and files from the store, which also takes its uploads.
 * Inline styles stay allowed because the component library sets them; scripts only come from files, but for those that are named.
 */
export function pageSecurity(options: {
  storage: string;
  https: boolean;
  inlineScripts: string[];
}): MiddlewareHandler {
  const { storage, https, inlineScripts } = options;
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", ...inlineScripts],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:", "blob:", storage],
      mediaSrc: ["'self'", "blob:", storage],
      connectSrc: ["'self'", storage],
      fontSrc: ["'self'", "data:"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    // A reset link carries its token in the address: no other site is to learn it.
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    strictTransportSecurity: https ? "max-age=31536000; includeSubDomains" : false,
    // The files of the store are another origin and are shown in our pages.
    crossOriginResourcePolicy: "same-origin",
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
  });
}
