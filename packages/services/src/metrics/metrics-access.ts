import { createHash, timingSafeEqual } from "node:crypto";
import { isPublicAddress } from "@tintype/core/published-secrets";

export type MetricsSettings = { METRICS_TOKEN?: string | undefined; PUBLIC_URL: string };
export type MetricsRequest = {
  header: (name: string) => string | undefined;
  /** At the other end of the connection. */
  address: string | undefined;
};

/** What a proxy writes about whom it speaks for. */
const PROXY_HEADERS = ["x-forwarded-for", "forwarded", "x-forwarded-host", "x-real-ip", "via"];

/**
 * With a token, whoever shows it. Without one, a program of this machine, and only where nobody else is served: behind a
 * proxy on the same machine everybody comes from 127.0.0.1, and nginx does not say for whom it asks.
 */
export function mayReadMetrics(
  request: MetricsRequest,
  { METRICS_TOKEN, PUBLIC_URL }: MetricsSettings,
): boolean {
  if (METRICS_TOKEN !== undefined)
    return isSame(request.header("authorization") ?? "", `Bearer ${METRICS_TOKEN}`);
  return !isPublicAddress(PUBLIC_URL) && isLoopback(request);
}

/** Whether a program of this machine asks for itself, as far as can be told: some proxies say nothing of themselves. */
function isLoopback({ header, address = "" }: MetricsRequest): boolean {
  const direct = PROXY_HEADERS.every((name) => header(name) === undefined);
  return direct && (address === "::1" || address.replace("::ffff:", "").startsWith("127."));
}

/** Of digests, which are equally long: neither the length nor the first wrong letter shows in the time. */
function isSame(shown: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(expected));
}
