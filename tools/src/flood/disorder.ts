import type { Dice } from "../soak/dice.ts";

/**
 * Everything in random order, and some of it twice: the second one anywhere, also right beside the first, so that both
 * are on their way at once.
 * @param duplicates of a hundred of what comes out, so many are second ones; 50 at most
 */
export function disorder(bodies: readonly string[], duplicates: number, dice: Dice): string[] {
  const again = Math.ceil((bodies.length * duplicates) / (100 - duplicates));
  return shuffled([...bodies, ...shuffled(bodies, dice).slice(0, again)], dice);
}

function shuffled<T>(items: readonly T[], { below }: Dice): T[] {
  const result = [...items];
  for (let left = result.length - 1; left > 0; left -= 1) {
    const other = below(left + 1);
    [result[left], result[other]] = [result[other] as T, result[left] as T];
  }
  return result;
}
