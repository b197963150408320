import type { PasswordOwner } from "@tintype/core/password-rules";
import { passwordStrength } from "@tintype/core/password-strength";

// Half a megabyte of known passwords and words: read and asked beside the page, which must not stumble while one types.
type Question = { id: number; password: string; owner: PasswordOwner };

self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  self.postMessage({ id: data.id, strength: passwordStrength(data.password, data.owner) });
});
