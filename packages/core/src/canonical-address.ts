const dotlessDomains = new Set(["gmail.com", "googlemail.com"]);

/**
 * The one form of the addresses that reach the same mailbox, to tell whether somebody has been here before: in
 * lower case, without a `+tag`, for Gmail without dots. Only for comparing, never for writing to anybody.
 */
export function canonicalAddress(email: string): string {
  const address = email.trim().toLowerCase();
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  const [untagged = ""] = address.slice(0, at).split("+");
  if (!dotlessDomains.has(domain)) return `${untagged}@${domain}`;
  return `${untagged.replaceAll(".", "")}@gmail.com`;
}
