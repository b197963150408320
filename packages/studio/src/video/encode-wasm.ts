import encoderModule from "h264-mp4-encoder";
import { type Encoder, type EncoderSettings, FRAMES_PER_SECOND } from "./format.ts";

/** 0 is best, 10 fastest: at 8 the picture at a given size is still as good and takes half the time of 5. */
const SPEED = 8;
const KEY_FRAME_EVERY = FRAMES_PER_SECOND;

export async function startWasmEncoder(settings: EncoderSettings): Promise<Encoder> {
  const encoder = await encoderModule.createH264MP4Encoder();
  encoder.width = settings.width;
  encoder.height = settings.height;
  encoder.frameRate = FRAMES_PER_SECOND;
  encoder.quantizationParameter = settings.quantizer;
  encoder.speed = SPEED;
  encoder.groupOfPictures = KEY_FRAME_EVERY;
  encoder.initialize();
  let open = true;
  return {
    async add(frame) {
      encoder.addFrameYuv(frame);
    },
    async finish() {
      encoder.finalize();
      return encoder.FS.readFile(encoder.outputFilename);
    },
    close() {
      if (open) encoder.delete();
      open = false;
    },
  };
}
