import { isOwnPath } from "@tintype/core/own-path";
import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/**
 * Something of the page's address, which its document knows nothing of: null until the page's code is there.
 * @param read the address, as text that stays equal
 */
export const useAddress = (read: (url: URL) => string | null): string | null =>
  useSyncExternalStore(
    never,
    () => read(new URL(window.location.href)),
    () => null,
  );

/** Where to go next: a page of this site, never another one. */
export function fromOf({ searchParams }: URL): string | null {
  const from = searchParams.get("from");
  return isOwnPath(from) ? from : null;
}

/** The code of /invite/CODE. */
export const codeOf = ({ pathname }: URL): string | null => {
  const code = /^\/invite\/([^/]+)\/?$/.exec(pathname)?.[1];
  return code === undefined ? null : decoded(code);
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const tokenOfAddress = (): string =>
  new URL(window.location.href).searchParams.get("token") ?? "";
