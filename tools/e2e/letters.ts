import type { E2eStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

export type Mail = {
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
};

/** What the stack's mail catcher has for an address, oldest first. */
export async function lettersTo({ urls }: Pick<E2eStack, "urls">, to: string): Promise<Mail[]> {
  const answer = await fetch(`${urls.inbox}/api/messages?to=${encodeURIComponent(to)}`);
  return ((await answer.json()) as Mail[]).toReversed();
}

/**
 * Waits until so many letters have come, and gives their subjects: the caller says which they must be. The schedule
 * passes a wallet by that somebody is at, so a letter may take one more of its rounds.
 */
export async function subjectsTo(
  stack: Pick<E2eStack, "urls">,
  to: string,
  count: number,
): Promise<string[]> {
  const mails = await eventually(`${count} letters to ${to}`, 60_000, async () => {
    const found = await lettersTo(stack, to);
    return found.length >= count ? found : undefined;
  });
  return mails.map(({ subject }) => subject);
}
