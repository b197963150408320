import { invalidArgument } from "./errors.ts";
import type { Bucket, StoredObject } from "./store.ts";
import { encodePath } from "./uri.ts";
import { element, xmlDocument } from "./xml.ts";

const MAX_KEYS = 1_000;

type Entry = { name: string; object: StoredObject | undefined };
type Page = { entries: Entry[]; isTruncated: boolean };

/** ListObjects and ListObjectsV2, which differ in how the next page is asked for. */
export function listObjects(bucket: Bucket, query: ReadonlyMap<string, string>): string {
  const isV2 = query.get("list-type") === "2";
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const maxKeys = readMaxKeys(query.get("max-keys"));
  const encode = query.get("encoding-type") === "url" ? encodePath : (name: string) => name;
  const after = isV2 ? afterToken(query) : (query.get("marker") ?? "");
  const { entries, isTruncated } = pageOf(bucket, { prefix, delimiter, maxKeys, after });
  const last = entries.at(-1)?.name ?? "";
  const next = isV2
    ? element("NextContinuationToken", Buffer.from(last).toString("base64url"))
    : element("NextMarker", encode(last));

  return xmlDocument(
    "ListBucketResult",
    [
      element("Name", bucket.name),
      element("Prefix", encode(prefix)),
      element("MaxKeys", maxKeys),
      delimiter ? element("Delimiter", encode(delimiter)) : "",
      query.has("encoding-type") ? element("EncodingType", "url") : "",
      element("IsTruncated", isTruncated),
      isV2 ? element("KeyCount", entries.length) : "",
      isTruncated ? next : "",
      ...entries.map(({ name, object }) =>
        object ? contents(object, encode) : commonPrefix(encode(name)),
      ),
    ].join(""),
  );
}

type PageRequest = { prefix: string; delimiter: string; maxKeys: number; after: string };

/** S3 orders keys by their UTF-8 bytes, and counts a common prefix as one entry. */
function pageOf(bucket: Bucket, { prefix, delimiter, maxKeys, after }: PageRequest): Page {
  const entries: Entry[] = [];
  for (const key of [...bucket.objects.keys()].sort(byBytes)) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    // A page that ended on a common prefix goes on after all keys that share it.
    if (byBytes(name, after) <= 0 || name === entries.at(-1)?.name) continue;
    if (entries.length === maxKeys) return { entries, isTruncated: maxKeys > 0 };
    entries.push({ name, object: end < 0 ? bucket.objects.get(key) : undefined });
  }
  return { entries, isTruncated: false };
}

const byBytes = (left: string, right: string) =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));

function afterToken(query: ReadonlyMap<string, string>): string {
  const token = query.get("continuation-token");
  if (token === undefined) return query.get("start-after") ?? "";
  return Buffer.from(token, "base64url").toString();
}

function readMaxKeys(text: string | undefined): number {
  const maxKeys = Number(text ?? MAX_KEYS);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw invalidArgument("max-keys is not valid");
  return Math.min(maxKeys, MAX_KEYS);
}

function contents(object: StoredObject, encode: (name: string) => string): string {
  const parts = [
    element("Key", encode(object.key)),
    element("LastModified", new Date(object.modifiedAt).toISOString()),
    element("ETag", `"${object.etag}"`),
    element("Size", object.byteSize),
    element("StorageClass", "STANDARD"),
  ];
  return `<Contents>${parts.join("")}</Contents>`;
}

const commonPrefix = (prefix: string) =>
  `<CommonPrefixes>${element("Prefix", prefix)}</CommonPrefixes>`;
