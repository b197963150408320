import { uploadContentTypes } from "@tintype/core/assets";
import type { Problem } from "@tintype/core/problems";

type FileFacts = Pick<File, "type" | "size">;

/** What can be said about a photo before a byte of it is sent: the same problems as the server's. */
export function checkFile(file: FileFacts, limit: number): Problem | null {
  const known: readonly string[] = uploadContentTypes;
  if (!known.includes(file.type)) {
    return { code: "upload_type_unsupported", contentType: file.type };
  }
  if (file.size === 0) return { code: "upload_empty" };
  if (file.size > limit) return { code: "upload_too_large", byteSize: file.size, limit };
  return null;
}
