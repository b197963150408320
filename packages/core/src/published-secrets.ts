/**
 * Secrets that anybody can read: in this repository, in a manual, or in a list of the usual passwords. A server that others
 * can reach must not start with one, for whoever knows the webhooks' secret prints credits.
 */
const SECRET_VARIABLES = [
  ...["LINK_SECRET", "CRON_SECRET", "METRICS_TOKEN", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
  ...["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"],
];
/** Their secret is the password within. */
const ADDRESS_VARIABLES = ["DATABASE_URL", "SMTP_URL"];
/** Fine at the desk, a gift to strangers elsewhere. */
const DESK_SWITCHES: Record<string, string> = {
  DEMO_ACCOUNTS: "the passwords of the demo accounts are published",
  SANDBOX_PAYMENTS: "test cards would buy real credits",
};

const KNOWN = new Set([
  ...["tintype", "tintype_secret", "secret", "password", "passwd", "postgres", "admin", "root"],
  ...["test", "demo", "minio", "minioadmin", "garage", "123456", "12345678", "1234567890"],
  ...["tintypelocal", "tintype-local-secret", "whsec_tintype_local"],
  ...["sk_test_emulator0000000000000000", "gk0123456789abcdef01234567"],
]);
/** What stands where a secret belongs: "sk_live_...", "change-me", "AKIAIOSFODNN7EXAMPLE", "<your key>". */
const PLACEHOLDER =
  /\.\.\.|…|^<.*>$|change[-_ ]?(me|this|it)|example|placeholder|your[-_ ]|^x{6,}$/i;
/** One short piece again and again: "0000…", "0123456789abcdef0123456789abcdef…", also with a 1 at its end. */
const REPEATED = /^(.{1,16}?)\1{2,}.?$/;

const isPublished = (secret: string): boolean =>
  KNOWN.has(secret.toLowerCase()) || PLACEHOLDER.test(secret) || REPEATED.test(secret);

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)$/;
const HOST = /^\w+:\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]+)/;

/** Whether others than this machine reach the address. One that cannot be read is somebody else's to refuse. */
export function isPublicAddress(address: string | undefined): boolean {
  const host = HOST.exec(address ?? "")?.[1];
  return host !== undefined && !LOOPBACK.test(host.toLowerCase().replace(/\.$/, ""));
}

/** @returns a line for each variable that must not stand as it does beside a public `PUBLIC_URL`; none where it is not public */
export function publishedSecrets(variables: Record<string, string | undefined>): string[] {
  if (!isPublicAddress(variables.PUBLIC_URL)) return [];
  const lines: string[] = [];
  for (const name of SECRET_VARIABLES) {
    if (isPublished(variables[name] ?? ""))
      lines.push(`${name}: everybody can know this value, and PUBLIC_URL is public: make your own`);
  }
  for (const name of ADDRESS_VARIABLES) {
    if (isPublished(passwordOf(variables[name] ?? "")))
      lines.push(
        `${name}: everybody can know its password, and PUBLIC_URL is public: make your own`,
      );
  }
  for (const [name, reason] of Object.entries(DESK_SWITCHES)) {
    if (/^(true|1|yes|on|y|enabled)$/i.test(variables[name] ?? ""))
      lines.push(`${name}: ${reason}, and PUBLIC_URL is public: leave it out`);
  }
  return lines;
}

/** Of `scheme://user:password@host`; empty where there is none. */
function passwordOf(address: string): string {
  const password = /^\w+:\/\/[^:@/]*:([^@/]*)@/.exec(address)?.[1] ?? "";
  try {
    return decodeURIComponent(password);
  } catch {
    return password; // A bare percent sign: no encoding, then.
  }
}
