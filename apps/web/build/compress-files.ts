import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|html|svg|json|txt)$/;
/** Smaller files fit into one packet as they are. */
const WORTH_BYTES = 1_024;

/**
 * Writes a Brotli and a gzip version beside every text file of the build, at their strongest: the server sends them as
 * they are (static-files.ts) and spends nothing on compressing the same bytes for every visitor.
 */
export function compressFiles(): Plugin {
  let outDir = "";
  return {
    name: "compress-files",
    apply: "build",
    configResolved: ({ root, build }) => {
      outDir = path.resolve(root, build.outDir);
    },
    closeBundle: {
      order: "post",
      sequential: true,
      handler: () => compressAll(outDir),
    },
  };
}

function compressAll(outDir: string): void {
  for (const name of readdirSync(outDir, { recursive: true, encoding: "utf8" })) {
    // What only the server reads (documents.ts) is not sent.
    if (!TEXT.test(name) || name.startsWith(".vite") || name === ".documents/render.js") continue;
    const file = path.join(outDir, name);
    const bytes = readFileSync(file);
    if (bytes.length < WORTH_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
