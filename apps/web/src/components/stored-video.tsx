import { useEffect, useRef, useState, type VideoHTMLAttributes } from "react";
import type { StoredFile } from "./use-stored-file.ts";

type VideoProps = VideoHTMLAttributes<HTMLVideoElement> & { stored: StoredFile };

/**
 * A film that is being watched keeps its address as long as it works, since another would begin it again. When it has
 * ended in the middle, the film goes on with a new one from where it was.
 */
export function StoredVideo({ stored, ...props }: VideoProps) {
  const url = stored.file?.url ?? "";
  const video = useRef<HTMLVideoElement>(null);
  const broken = useRef<{ seconds: number; wasPlaying: boolean } | null>(null);
  const [src, setSrc] = useState(url);
  useEffect(() => {
    const isWatched = video.current && (video.current.currentTime > 0 || !video.current.paused);
    if (broken.current || !isWatched) setSrc(url);
  }, [url]);

  const keepPlace = () => {
    const { currentTime = 0, paused = true } = video.current ?? {};
    broken.current ??= { seconds: currentTime, wasPlaying: !paused };
    if (src === url) stored.renew();
    else setSrc(url);
  };
  const goOn = () => {
    if (!broken.current || !video.current) return;
    const { seconds, wasPlaying } = broken.current;
    broken.current = null;
    video.current.currentTime = seconds;
    // A browser may want another press first; then it stands where it was.
    if (wasPlaying) void video.current.play().catch(() => undefined);
  };
  return (
    // A generated clip has no sound and no speech, so there is nothing to caption.
    <video
      {...props}
      ref={video}
      src={src}
      {...(stored.file?.thumbnailUrl ? { poster: stored.file.thumbnailUrl } : {})}
      onError={keepPlace}
      onLoadedMetadata={goOn}
    />
  );
}
