import { useSyncExternalStore } from "react";

/** Follows a CSS media query. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", notify);
      return () => list.removeEventListener("change", notify);
    },
    () => window.matchMedia(query).matches,
    () => false,
  );
}

export const usePhone = () => useMedia("(max-width: 48em)");
export const useReducedMotion = () => useMedia("(prefers-reduced-motion: reduce)");

const onlineEvents = ["online", "offline"] as const;

export function useOnline(): boolean {
  return useSyncExternalStore(
    (notify) => {
      for (const name of onlineEvents) window.addEventListener(name, notify);
      return () => {
        for (const name of onlineEvents) window.removeEventListener(name, notify);
      };
    },
    () => navigator.onLine,
    // A page that is being drawn beforehand is on nobody's line.
    () => true,
  );
}
