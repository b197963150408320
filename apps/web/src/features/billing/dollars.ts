/** What somebody has typed into a field of dollars, as whole cents; null when it is no amount. */
export function centsOf(typed: string): number | null {
  const text = typed.trim().replace(",", ".");
  if (!/^\d{1,7}(\.\d{1,2})?$/.test(text)) return null;
  return Math.round(Number(text) * 100);
}

/** For such a field: without cents when there are none. */
export const dollarsOf = (cents: number): string =>
  cents % 100 === 0 ? String(cents / 100) : (cents / 100).toFixed(2);
