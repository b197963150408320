/** Browsers count to 2^31 milliseconds, and take what lies beyond, a yearly plan's end, for "at once". */
const LONGEST_WAIT_MS = 86_400_000;

/**
 * Does something once, when a moment that has not come yet has come; what is past already is left alone.
 * @param moment in milliseconds since 1970
 * @returns ends the wait
 */
export function atMoment(moment: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    const left = moment - Date.now();
    if (left <= 0) act();
    else timer = setTimeout(wait, Math.min(left, LONGEST_WAIT_MS));
  };
  if (moment > Date.now()) wait();
  return () => clearTimeout(timer);
}
