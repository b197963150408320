import { z } from "zod";
import { clientId } from "./ids.ts";
import { inputFileName, inputText } from "./text.ts";

/** Seed 002: 10 MB, JPEG, PNG, WebP, GIF. */
export const uploadLimits = {
  byteSize: 10 * 1024 * 1024,
  megapixels: 40,
  minimumSide: 64,
  /** An upload that is not confirmed by then is swept. */
  unconfirmedMinutes: 60,
  uploadsPerHour: 100,
  signedUrlSeconds: 3_600,
} as const;

export const uploadContentTypes = ["image/jpeg", "image/png", "image/webp", "image/gif"] as const;
export type UploadContentType = (typeof uploadContentTypes)[number];

export const assetKinds = ["upload", "output"] as const;
export type AssetKind = (typeof assetKinds)[number];
export const assetStatuses = ["pending", "ready"] as const;
export type AssetStatus = (typeof assetStatuses)[number];

/** The type and size are what the browser says; the bytes are looked at when the upload is confirmed. */
export const createUploadInput = z.object({
  id: clientId,
  fileName: inputFileName,
  contentType: inputText({ max: 100 }),
  byteSize: z.int().min(0),
});
export type CreateUploadInput = z.infer<typeof createUploadInput>;

export const assetIdInput = z.object({ assetId: z.uuid() });
export const deleteAssetsInput = z.object({ assetIds: z.array(z.uuid()).min(1).max(100) });
export type DeleteAssetsInput = z.infer<typeof deleteAssetsInput>;

export const listAssetsInput = z.object({
  kind: z.enum(assetKinds).optional(),
  mediaType: z.enum(["image", "video"]).optional(),
  /** `nextCursor` of the page before. */
  cursor: inputText({ max: 100, keepsSpaces: true }).optional(),
  limit: z.int().min(1).max(100).default(24),
});
export type ListAssetsInput = z.infer<typeof listAssetsInput>;

export type UploadTicket = {
  assetId: string;
  /** POST `fields` and then the file as multipart/form-data to this address. */
  url: string;
  fields: Record<string, string>;
  expiresAt: Date;
};

export type AssetView = {
  id: string;
  kind: AssetKind;
  status: AssetStatus;
  contentType: string;
  byteSize: number;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  fileName: string;
  jobId: string | null;
  createdAt: Date;
  /** Signed addresses, good for one hour; null while pending. */
  url: string | null;
  thumbnailUrl: string | null;
  /** The same file, answered as an attachment. */
  downloadUrl: string | null;
  urlExpiresAt: Date | null;
};

export type Page<T> = { items: T[]; nextCursor: string | null };
