import { readStored, writeStored } from "./stored.ts";

const storageKey = "tintype.user";

/** Tells all tabs of this browser, which share one session, whose it is; "" for nobody's. */
export const markUser = (userId: string): void => writeStored(storageKey, userId);

const markedUser = (): string => readStored(storageKey) ?? "";

/**
 * Tells when another tab has said so, and when the browser has gone back to this page, which it may have kept as it was.
 * @returns a function that ends the watch
 */
export function onUserMark(listener: (userId: string) => void): () => void {
  const follow = ({ key, newValue }: StorageEvent) => {
    if (key === storageKey) listener(newValue ?? "");
  };
  const comeBack = ({ persisted }: PageTransitionEvent) => {
    if (persisted) listener(markedUser());
  };
  window.addEventListener("storage", follow);
  window.addEventListener("pageshow", comeBack);
  return () => {
    window.removeEventListener("storage", follow);
    window.removeEventListener("pageshow", comeBack);
  };
}
