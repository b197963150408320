const reloadedKey = "tintype.reloaded";
/** Two failures closer together than this are no redeploy: reloading again would not help. */
const pauseMs = 60_000;

function mayReload(now: number): boolean {
  try {
    const before = Number(window.sessionStorage.getItem(reloadedKey));
    if (now - before < pauseMs) return false;
    window.sessionStorage.setItem(reloadedKey, String(now));
    return true;
  } catch {
    // With no memory there is no guard against reloading for ever, so the error page says what happened.
    return false;
  }
}

/**
 * A tab that was open while a new version was put up asks for code that no longer exists. Loading the page
 * again brings the new version; the draft is stored and the address stays. When even that does not help,
 * the error takes its usual way.
 */
export function reloadWhenCodeIsGone(): void {
  window.addEventListener("vite:preloadError", (event) => {
    // Without a connection the code is not gone, only out of reach, and a reload would lose the page.
    if (!navigator.onLine || !mayReload(Date.now())) return;
    event.preventDefault();
    window.location.reload();
  });
}
