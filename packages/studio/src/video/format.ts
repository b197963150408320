export const FRAMES_PER_SECOND = 24;

export type EncoderSettings = {
  width: number;
  height: number;
  /** H.264 quantiser: 18 looks lossless, 30 is rough. */
  quantizer: number;
};

/** Takes frames in 4:2:0 and gives an MP4. */
export type Encoder = {
  /** The frame is read before the promise resolves and may be reused then. */
  add(frame: Uint8Array): Promise<void>;
  finish(): Promise<Uint8Array>;
  /** Frees what is held, also after a failure; harmless when called twice. */
  close(): void;
};
