import { lazyWindow } from "../../components/lazy-window.tsx";
import type { PickerProps } from "./upload-picker-window.tsx";

export const UploadPicker = lazyWindow<PickerProps>(() =>
  import("./upload-picker-window.tsx").then((code) => ({ default: code.UploadPickerWindow })),
);
