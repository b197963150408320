import type { ConfirmProps } from "./confirm-dialog-window.tsx";
import { lazyWindow } from "./lazy-window.tsx";

export const ConfirmDialog = lazyWindow<ConfirmProps>(() =>
  import("./confirm-dialog-window.tsx").then((code) => ({ default: code.ConfirmDialogWindow })),
);
