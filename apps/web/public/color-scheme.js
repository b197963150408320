// Runs before the first paint, so a dark page never flashes white. The build puts it into the documents.
{
  const chosen = () => {
    try {
      return window.localStorage.getItem("mantine-color-scheme-value");
    } catch {
      // Storage can be forbidden: then the system decides.
      return null;
    }
  };
  const stored = chosen();
  const dark =
    stored === "dark" ||
    (stored !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
}
