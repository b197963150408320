/** The storage refused the upload; `code` is the one in its XML answer, when it gave one. */
export class UploadRefused extends Error {
  override readonly name = "UploadRefused";
  readonly code: string | null;

  constructor(status: number, code: string | null) {
    super(`storage answered ${status}${code ? ` ${code}` : ""}`);
    this.code = code;
  }
}

export type FormUpload = {
  url: string;
  fields: Record<string, string>;
  file: File;
  signal: AbortSignal;
  /** Share of the bytes that are sent, 0 to 1. */
  onProgress: (share: number) => void;
};

/**
 * Sends a file to storage as S3 wants it: all fields first, the file last.
 * XMLHttpRequest, because fetch cannot tell how much of a body was sent.
 * @throws UploadRefused when the storage says no; TypeError when it cannot be reached.
 */
export function postForm({ url, fields, file, signal, onProgress }: FormUpload): Promise<void> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      const code = /<Code>([A-Za-z]+)<\/Code>/.exec(request.responseText)?.[1] ?? null;
      reject(new UploadRefused(request.status, code));
    };
    request.onerror = () => reject(new TypeError("storage could not be reached"));
    request.onabort = () => reject(new DOMException("upload cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", url);
    request.send(body);
  });
}
