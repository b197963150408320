import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { entityTooLarge, invalidArgument, S3Error } from "./errors.ts";
import { type Exchange, readDescription, send } from "./exchange.ts";
import { type FormFields, verifyPostPolicy } from "./post-policy.ts";
import type { Bucket, StoredObject } from "./store.ts";
import { encodePath, encodeUri } from "./uri.ts";
import { element } from "./xml.ts";

/** A form is parsed in memory, so it is held to less than a PUT. */
const MAX_FORM_BYTES = 64 * 1024 * 1024;

export function isFormUpload({ method, key, request }: Exchange): boolean {
  const contentType = request.headers["content-type"] ?? "";
  return method === "POST" && key === "" && contentType.startsWith("multipart/form-data");
}

/** A browser's upload: the signed policy in the form is its authorization. */
export async function postObject(exchange: Exchange, bucket: Bucket): Promise<void> {
  const { server } = exchange;
  const { fields, file } = await readForm(exchange);
  verifyPostPolicy(server, bucket.name, fields, file.size);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own placeholder, not a template.
  const key = (fields.key ?? "").replace("${filename}", file.name);
  if (!key) throw invalidArgument("Bucket POST must contain a field named key.");

  const bytes = Buffer.from(await file.arrayBuffer());
  const incoming = path.join(server.store.incomingDir, randomUUID());
  await writeFile(incoming, bytes);
  const etag = createHash("md5").update(bytes).digest("hex");
  const content = { file: incoming, byteSize: bytes.length, etag };
  answer(exchange, bucket, fields, server.store.put(bucket, key, content, readDescription(fields)));
}

async function readForm(exchange: Exchange): Promise<{ fields: FormFields; file: File }> {
  const { request } = exchange;
  const chunks: Buffer[] = [];
  let byteSize = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    byteSize += chunk.length;
    if (byteSize > MAX_FORM_BYTES) throw entityTooLarge(MAX_FORM_BYTES);
    chunks.push(chunk);
  }
  const form = await parseForm(Buffer.concat(chunks), request.headers["content-type"] ?? "");
  const fields: FormFields = {};
  for (const [name, value] of form) {
    // What comes after the file is ignored, as S3 does, so it cannot contradict what was checked.
    if (name.toLowerCase() === "file") {
      return { fields, file: typeof value === "string" ? new File([value], "") : value };
    }
    fields[name.toLowerCase()] = String(value);
  }
  throw invalidArgument("POST requires exactly one file upload per request.");
}

async function parseForm(body: Buffer<ArrayBuffer>, contentType: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch {
    const message = "The body of your POST request is not well-formed multipart/form-data.";
    throw new S3Error("MalformedPOSTRequest", 400, message);
  }
}

function answer(exchange: Exchange, bucket: Bucket, fields: FormFields, object: StoredObject) {
  const etag = `"${object.etag}"`;
  const redirect = fields.success_action_redirect;
  if (redirect) {
    const query = `bucket=${bucket.name}&key=${encodeUri(object.key)}&etag=${encodeUri(etag)}`;
    const separator = redirect.includes("?") ? "&" : "?";
    return send(exchange, 303, "", { location: `${redirect}${separator}${query}`, etag });
  }
  const wanted = fields.success_action_status;
  if (wanted !== "201") return send(exchange, wanted === "200" ? 200 : 204, "", { etag });
  const location = `/${bucket.name}/${encodePath(object.key)}`;
  const parts = [
    element("Location", location),
    element("Bucket", bucket.name),
    element("Key", object.key),
    element("ETag", etag),
  ];
  send(exchange, 201, `<PostResponse>${parts.join("")}</PostResponse>`, { etag, location });
}
