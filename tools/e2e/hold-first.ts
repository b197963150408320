import type { Page } from "playwright-core";

export type Held = {
  /** Lets the first request go on. */
  release: () => void;
  /** How many of them have been answered. */
  answered: () => number;
};

/** The first request to this address waits, as on a bad line; those behind it do not. */
export async function holdFirst(page: Page, url: string): Promise<Held> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let asked = 0;
  let answered = 0;
  await page.route(url, async (route) => {
    asked += 1;
    if (asked === 1) await released;
    await route.fulfill({ response: await route.fetch() });
    answered += 1;
  });
  return { release, answered: () => answered };
}
