/** What had the focus is gone, so that a keyboard would start again at the top of the page. */
export const isFocusLost = (): boolean =>
  document.activeElement === null || document.activeElement === document.body;
