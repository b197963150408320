import { useLocation } from "@tanstack/react-router";
import { useEffect } from "react";

/**
 * Brings a part of the page into view that the address names, once it is there: the router looks for it only before
 * anything has been loaded. @param isReady whether these parts are on the page
 */
export function useHashTarget(ids: readonly string[], isReady: boolean): void {
  const wanted = useLocation({ select: ({ hash }) => hash });
  const id = isReady && ids.includes(wanted) ? wanted : null;
  useEffect(() => {
    const target = id === null ? null : document.getElementById(id);
    if (!target) return;
    target.scrollIntoView({ block: "start" });
    // Whoever does not see the page is brought there as well: to the first field, or to the heading itself.
    const field = target.querySelector("input");
    if (!field) target.tabIndex = -1;
    (field ?? target).focus({ preventScroll: true });
  }, [id]);
}
