import { useEffect, useRef, useState } from "react";

type Upload = (file: File) => Promise<void>;

/** The newest `upload`, for listeners that live as long as the page. */
function useLatest(upload: Upload) {
  const latest = useRef(upload);
  useEffect(() => {
    latest.current = upload;
  }, [upload]);
  return latest;
}

/** A picture in the clipboard is a photo, wherever on the page it is pasted. */
export function usePaste(upload: Upload): void {
  const latest = useLatest(upload);
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const [file] = clipboardData?.files ?? [];
      // Office programs put a picture beside the words that were copied: it is the words that are meant.
      if (file && !clipboardData?.types.includes("text/plain")) void latest.current(file);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [latest]);
}

/**
 * A file that is dropped anywhere on the page is the photo: beside a drop zone the browser would open it
 * instead of the page. @returns whether a file is over the page
 */
export function useDrop(upload: Upload): boolean {
  const latest = useLatest(upload);
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setDragging(true);
    };
    // Leaving one element enters another, except at the edge of the window.
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      const [file] = event.dataTransfer?.files ?? [];
      setDragging(false);
      if (!file) return;
      event.preventDefault();
      void latest.current(file);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, [latest]);
  return dragging;
}
