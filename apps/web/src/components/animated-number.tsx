import { useEffect, useRef, useState } from "react";
import { formatNumber } from "../lib/format.ts";
import { useReducedMotion } from "../lib/use-media.ts";
import { useTranslation } from "../lib/use-translation.ts";

const durationMs = 600;
const easeOut = (share: number) => 1 - (1 - share) ** 3;

/** A number that counts to its new value, so that a change is seen and not only noticed later. */
export function AnimatedNumber({ value }: { value: number }) {
  const { locale } = useTranslation();
  const still = useReducedMotion();
  const [shown, setShown] = useState(value);
  const current = useRef(value);

  useEffect(() => {
    const from = current.current;
    if (still || from === value) {
      current.current = value;
      setShown(value);
      return;
    }
    const startedAt = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const share = Math.min(1, (now - startedAt) / durationMs);
      current.current = Math.round(from + (value - from) * easeOut(share));
      setShown(current.current);
      if (share < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [value, still]);

  return <>{formatNumber(shown, locale)}</>;
}
