// Runs before the first paint, so a dark page never flashes white. A file, not an inline script, for the sake of CSP.
const stored = window.localStorage.getItem("mantine-color-scheme-value");
const dark =
  stored === "dark" ||
  (stored !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
