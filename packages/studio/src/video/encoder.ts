import { findFfmpeg, startFfmpeg } from "./encode-ffmpeg.ts";
import { startWasmEncoder } from "./encode-wasm.ts";
import type { Encoder, EncoderSettings } from "./format.ts";

/** ffmpeg is faster and packs better, and most machines do not have it. */
export async function startEncoder(settings: EncoderSettings): Promise<Encoder> {
  const ffmpeg = await findFfmpeg();
  return ffmpeg ? startFfmpeg(ffmpeg, settings) : startWasmEncoder(settings);
}
