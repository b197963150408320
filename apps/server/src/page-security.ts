import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/**
 * What a page of ours may load: itself, and files from the store, which also takes its uploads.
 * Inline styles stay allowed because the component library sets them; scripts only come from files.
 */
export function pageSecurity(options: { storage: string; https: boolean }): MiddlewareHandler {
  const { storage, https } = options;
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
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
