import { useEffect } from "react";

const product = "Tintype";

/** The product's name alone when the page has none. */
export const pageTitle = (title: string | undefined): string =>
  title ? `${title} · ${product}` : product;

/** Names the browser's tab and history entry. */
export function usePageTitle(title?: string): void {
  useEffect(() => {
    document.title = pageTitle(title);
  }, [title]);
}
