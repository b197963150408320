import type { Plugin } from "vite";

/** Palettes of Mantine that no component of ours asks for (theme.ts has ours). */
const FOREIGN =
  /--mantine-color-(pink|grape|violet|indigo|blue|cyan|teal|green|lime|yellow|orange)-[\w-]+:[^;}]*;?/g;

export const withoutForeignColours = (css: string): string => css.replace(FOREIGN, "");

/** Leaves out of Mantine's variables what nobody uses: a sixth of all that a visitor's page is. */
export const ourColours = (): Plugin => ({
  name: "our-colours",
  apply: "build",
  enforce: "pre",
  transform: {
    filter: { id: /@mantine\/core\/styles\/default-css-variables\.css/ },
    handler: (css) => ({ code: withoutForeignColours(css), map: null }),
  },
});
