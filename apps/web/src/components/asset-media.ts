import type { Asset } from "../lib/api-types.ts";

export const isVideo = ({ contentType }: Pick<Asset, "contentType">): boolean =>
  contentType.startsWith("video/");

/** Width divided by height; a square while the size is not known. */
export const ratioOf = ({ width, height }: Pick<Asset, "width" | "height">): number =>
  width && height ? width / height : 1;
