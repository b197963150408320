import type { Problem } from "@tintype/core/problems";
import type { CleanImage, Thumbnail } from "./images.ts";

/** To the child: one at a time, the next only after its answer. */
export type ImageRequest = { kind: "inspect" | "thumbnail"; bytes: Uint8Array };

export type ImageAnswer =
  | { type: "done"; image: CleanImage | Thumbnail }
  /** The file's fault, in words for its owner. */
  | { type: "refused"; problem: Problem; cause: string }
  | { type: "failed"; message: string };
