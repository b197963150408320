// The package types only its barrel of 6,000 icons; we import single files so that dev and build stay small.
declare module "@tabler/icons-react/dist/esm/icons/*.mjs" {
  import type { Icon } from "@tabler/icons-react";

  const icon: Icon;
  export default icon;
}
