type Election = {
  onElected: () => void;
  /** Another tab took the lead; this one is a candidate again. */
  onDeposed: () => void;
  /** The browser has no locks here: they need https or localhost, and storage that is not blocked. */
  onImpossible: () => void;
};

export type Candidate = {
  /** Takes the lead from a tab that has it and does nothing with it. */
  takeOver: () => void;
  /** Gives up the lead, or the wish for it. */
  resign: () => void;
};

/**
 * Of all tabs that stand under a name one leads. The browser's own lock decides: it passes on by itself when the leader's
 * tab is closed or crashes, which no message could be trusted to say.
 */
export function standForLeader(name: string, election: Election): Candidate {
  let attempt = new AbortController();
  let release: (() => void) | undefined;
  let hasResigned = false;

  const lead = () =>
    new Promise<void>((resolve) => {
      if (hasResigned) return resolve();
      release = resolve;
      election.onElected();
    });
  const stand = (options: LockOptions) => {
    const asked = attempt;
    navigator.locks.request(name, options, lead).catch((error: unknown) => {
      if (hasResigned || asked !== attempt) return;
      if (!(error instanceof DOMException && error.name === "AbortError")) {
        return election.onImpossible();
      }
      // Stolen: the lock is lost, whether or not this tab has noticed that it was away.
      release = undefined;
      election.onDeposed();
      wait();
    });
  };
  const wait = () => {
    attempt = new AbortController();
    stand({ signal: attempt.signal });
  };

  wait();
  return {
    takeOver: () => {
      if (hasResigned || release) return;
      attempt.abort();
      attempt = new AbortController();
      stand({ steal: true });
    },
    resign: () => {
      hasResigned = true;
      attempt.abort();
      release?.();
    },
  };
}

export const canElect = (): boolean =>
  typeof navigator.locks?.request === "function" && typeof BroadcastChannel === "function";
