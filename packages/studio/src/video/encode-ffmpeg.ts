import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { searchPath } from "../env.ts";
import { type Encoder, type EncoderSettings, FRAMES_PER_SECOND } from "./format.ts";

let found: Promise<string | null> | undefined;

/** Path of an ffmpeg that can write H.264, or null. */
export function findFfmpeg(): Promise<string | null> {
  found ??= (async () => {
    for (const folder of searchPath().split(delimiter)) {
      const path = join(folder, "ffmpeg");
      if (folder && isExecutable(path) && (await writesH264(path))) return path;
    }
    return null;
  })();
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: both mean "look further".
    return false;
  }
}

async function writesH264(path: string): Promise<boolean> {
  const probe = spawn(path, ["-hide_banner", "-encoders"], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 5_000,
  });
  const failed = once(probe, "error").then(() => "");
  const encoders = await Promise.race([text(probe.stdout), failed]);
  return encoders.includes("libx264");
}

const input = ({ width, height }: EncoderSettings) => [
  ...["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${width}x${height}`],
  ...["-r", String(FRAMES_PER_SECOND), "-color_range", "tv", "-i", "pipe:0"],
];
const output = ({ quantizer }: EncoderSettings) => [
  ...["-c:v", "libx264", "-preset", "veryfast", "-crf", String(quantizer - 3)],
  // Without B-frames decoding order is showing order, which the remux relies on.
  ...["-bf", "0", "-g", String(FRAMES_PER_SECOND), "-threads", "2", "-pix_fmt", "yuv420p"],
  ...["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"],
  ...["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1"],
];

export function startFfmpeg(path: string, settings: EncoderSettings): Encoder {
  const ffmpeg = spawn(path, ["-v", "error", ...input(settings), ...output(settings)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  let errors = "";
  ffmpeg.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  ffmpeg.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-1_000);
  });
  // A broken pipe shows again, with its reason, in how the program ended.
  ffmpeg.stdin.on("error", (error) => {
    errors += error.message;
  });
  const ended = new Promise<void>((resolve, reject) => {
    ffmpeg.on("error", reject);
    ffmpeg.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`ffmpeg ended with ${code}: ${errors}`)),
    );
  });
  // Whoever waits for the end gets the error; nobody may be waiting yet.
  ended.catch(() => {});
  return {
    async add(frame) {
      const copied = Buffer.from(frame);
      if (!ffmpeg.stdin.write(copied)) await Promise.race([once(ffmpeg.stdin, "drain"), ended]);
    },
    async finish() {
      ffmpeg.stdin.end();
      await ended;
      return Buffer.concat(chunks);
    },
    close() {
      ffmpeg.kill("SIGKILL");
    },
  };
}
