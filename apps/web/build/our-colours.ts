import type { Plugin } from "vite";
import { withoutForeignColours } from "./foreign-colours.ts";

/** The style sheets with our colours only; what Mantine writes into the page itself, render.tsx takes them out of. */
export const ourColours = (): Plugin => ({
  name: "our-colours",
  apply: "build",
  enforce: "pre",
  transform: {
    filter: { id: /@mantine\/core\/styles\/default-css-variables\.css/ },
    handler: (css) => ({ code: withoutForeignColours(css), map: null }),
  },
});
