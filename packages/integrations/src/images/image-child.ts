import { constants, setPriority } from "node:os";
import { DomainError } from "@tintype/core/problems";
import type { ImageAnswer, ImageRequest } from "./image-requests.ts";
import { inspectAndReencode, makeThumbnail, prepareSharp } from "./sharp-images.ts";

// Decodes strangers' files and nothing else, so that it can be killed at any moment. It dies with its parent.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
prepareSharp();
process.on("disconnect", () => process.exit(0));
process.on("message", (request: ImageRequest) => {
  void answer(request).then((message) => process.send?.(message));
});

async function answer({ kind, bytes }: ImageRequest): Promise<ImageAnswer> {
  try {
    const image = await (kind === "inspect" ? inspectAndReencode(bytes) : makeThumbnail(bytes));
    return { type: "done", image };
  } catch (error) {
    if (error instanceof DomainError) {
      const cause = error.cause instanceof Error ? error.cause.message : "";
      return { type: "refused", problem: error.problem, cause };
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { type: "failed", message };
  }
}
