let isLeaving = false;

/**
 * Goes to a document of its own, which the router of members' pages does not know: the pages of visitors. The page that
 * is left does not come back when the browser goes back.
 * Where it goes first is where it goes: what is asked for on the way out is refused, and must not say so on another page.
 * @returns nothing more is to happen on this page
 */
export function leaveFor(address: string): Promise<never> {
  if (!isLeaving) window.location.replace(address);
  isLeaving = true;
  return new Promise(() => undefined);
}

/** Where whoever must sign in does so, and comes back from. */
export const signInAddress = (from: string, { expired = false } = {}): string =>
  `/sign-in?${new URLSearchParams({ from, ...(expired && { expired: "true" }) })}`;
