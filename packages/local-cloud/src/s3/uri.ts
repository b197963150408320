import { S3Error } from "./errors.ts";

/** Percent-encoding as SigV4 wants it: all but A–Z a–z 0–9 - . _ ~ */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function encodePath(path: string): string {
  return path.split("/").map(encodeUri).join("/");
}

export function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", 400, "Couldn't parse the specified URI.");
  }
}

export type QueryPair = readonly [name: string, value: string];

/** In the order and number they came, because the signature covers every one. */
export function parseQuery(query: string): QueryPair[] {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...rest] = pair.split("=");
      const decode = (part: string) => decodeUri(part.replaceAll("+", " "));
      return [decode(name), decode(rest.join("="))] as const;
    });
}
