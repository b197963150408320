import { constants, setPriority } from "node:os";
import { StudioFailure } from "./failure.ts";
import { generate } from "./generate.ts";
import type { FromChild, ToChild } from "./messages.ts";

// The work of one slot. It dies with its parent, and gives way to everything else on the machine.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
process.on("disconnect", () => process.exit(0));
process.on("message", (request: ToChild) => void handle(request));

async function handle(request: ToChild): Promise<void> {
  try {
    const outputs = await generate(request, (percent, stage) =>
      send({ type: "progress", percent, stage }),
    );
    send({ type: "done", outputs });
  } catch (error) {
    if (!(error instanceof StudioFailure)) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return send({ type: "failed", code: "provider_failed", message });
    }
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
    send({ type: "failed", code: error.code, message: error.message + cause });
  }
}

function send(message: FromChild): void {
  process.send?.(message);
}
