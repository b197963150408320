import type { PasswordOwner, PasswordStrength } from "@tintype/core/password-rules";

type Answer = { id: number; strength: PasswordStrength };

/**
 * Starts the estimator, which loads its lists.
 * @param onAnswer the strength of the last password that was asked for; earlier answers that come late are dropped, and
 * none comes where the estimator cannot be had: the server decides anyway
 */
export function startEstimator(onAnswer: (strength: PasswordStrength) => void) {
  const worker = new Worker(new URL("./strength-worker.ts", import.meta.url), { type: "module" });
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    if (data.id === last) onAnswer(data.strength);
  });
  return {
    ask: (password: string, owner: PasswordOwner) => {
      last++;
      worker.postMessage({ id: last, password, owner });
    },
    /** Whatever is still on its way is of no interest any more. */
    forget: () => {
      last++;
    },
    stop: () => worker.terminate(),
  };
}
