/** A page that nobody has looked at for so long needs no updates until somebody does. */
const HIDDEN_MS = 60_000;

/**
 * Says when the page begins and ceases to need live updates: it is shown, or has been hidden for less than a minute, and
 * is neither frozen by the browser nor kept aside for "back" (a page that holds a connection or a lock is not kept).
 * @returns a function that ends the watch
 */
export function watchActivity(onChange: (isActive: boolean) => void): () => void {
  const watching = new AbortController();
  const options = { signal: watching.signal };
  let isActive = false;
  let timer: number | undefined;

  const become = (next: boolean) => {
    window.clearTimeout(timer);
    if (next === isActive) return;
    isActive = next;
    onChange(next);
  };
  const look = () => {
    if (!document.hidden) return become(true);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => become(false), HIDDEN_MS);
  };
  const leave = () => become(false);
  document.addEventListener("visibilitychange", look, options);
  document.addEventListener("resume", look, options);
  document.addEventListener("freeze", leave, options);
  window.addEventListener("pageshow", look, options);
  window.addEventListener("pagehide", leave, options);

  if (document.hidden) {
    // Opened in the background: what it loads must still become current before anybody looks.
    become(true);
  }
  look();
  return () => {
    watching.abort();
    window.clearTimeout(timer);
  };
}
