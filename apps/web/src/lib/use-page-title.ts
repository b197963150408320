import { useEffect } from "react";

const product = "Tintype";

/** Names the browser's tab and history entry; the product's name alone when the page has none. */
export function usePageTitle(title?: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${product}` : product;
  }, [title]);
}
