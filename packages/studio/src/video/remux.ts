import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
} from "mediabunny";

const KEY_FRAME_UNIT = 5;

/**
 * Writes the same compressed frames into an MP4 that plays from its first bytes and can be seeked:
 * the encoders' own files have no table of key frames, or have it at the end.
 */
export async function remux(mp4: Uint8Array, framesPerSecond: number): Promise<Uint8Array> {
  const input = new Input({ source: new BufferSource(mp4), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error("the encoder's file has no video in it");
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const source = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(source, { frameRate: framesPerSecond });
  await output.start();
  const decoderConfig = {
    ...config,
    colorSpace: { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false },
  } as const;
  let frame = 0;
  for await (const { data } of new EncodedPacketSink(track).packets()) {
    const packet = new EncodedPacket(
      data,
      isKeyFrame(data) ? "key" : "delta",
      frame / framesPerSecond,
      1 / framesPerSecond,
    );
    await source.add(packet, frame === 0 ? { decoderConfig } : undefined);
    frame++;
  }
  await output.finalize();
  if (!target.buffer) throw new Error("the video could not be written");
  return new Uint8Array(target.buffer);
}

/** Packets are length-prefixed units; one of type 5 makes a frame that needs no other. */
function isKeyFrame(packet: Uint8Array): boolean {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  for (let at = 0; at + 4 < packet.length; at += 4 + view.getUint32(at)) {
    if ((packet[at + 4] & 31) === KEY_FRAME_UNIT) return true;
  }
  return false;
}
