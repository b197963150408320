import { generationSettings } from "@tintype/core/generation";
import { createStudio } from "./studio.ts";
import { coffee } from "./test-fixtures.ts";

// A parent for a test to kill: it says when its child is deep in work.
const settings = generationSettings.parse({ kind: "video", durationSeconds: 15 });
let told = false;
await createStudio().run(
  { settings, input: await coffee() },
  {
    onProgress(_percent, stage) {
      if (stage !== "rendering" || told) return;
      told = true;
      process.send?.("rendering");
    },
  },
);
