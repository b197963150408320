// A form that is sent before the page's code has come waits for it, instead of taking what was typed to another page.
{
  const page = document.documentElement;
  let waiting = null;
  const keep = (event) => {
    if (page.hasAttribute("data-ready")) return;
    event.preventDefault();
    waiting = event.target;
  };
  document.addEventListener("submit", keep, true);
  document.addEventListener("tintype:ready", () => waiting?.requestSubmit(), { once: true });
}
