import { useEffect, useState } from "react";

/**
 * For buttons that lead to a page of the payment provider: busy until the browser is there. Who comes back with the
 * browser's own button finds this page as it was left, and it must not be busy any more.
 */
export function useLeaving() {
  const [isLeaving, setLeaving] = useState(false);
  useEffect(() => {
    const comeBack = ({ persisted }: PageTransitionEvent) => {
      if (persisted) setLeaving(false);
    };
    window.addEventListener("pageshow", comeBack);
    return () => window.removeEventListener("pageshow", comeBack);
  }, []);
  const leave = (url: string) => {
    setLeaving(true);
    window.location.assign(url);
  };
  return { leave, isLeaving };
}
